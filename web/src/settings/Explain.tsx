// What if this number rings now: the plan of this minute with the reason of every step. Nobody is called.
import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { users } from "../api/desk";
import { useSave } from "../app/useSave";
import { Why } from "../ui/Form";
import { explain, type Explained, type Routing } from "./routing";
import css from "./Lines.module.css";

export function Explain({ found }: { found: Routing }) {
  const { t } = useTranslation();
  const [caller, setCaller] = useState("");
  const [chosen, choose] = useState<string | null>(null);
  const line = found.lines.find((each) => String(each.id) === chosen) ?? found.lines[0];
  const [answer, setAnswer] = useState<Explained | null>(null);
  const { save, busy, why } = useSave(
    () => explain(caller.trim(), line?.number ?? "", line?.pbx_id ?? null),
    { done: setAnswer },
  );
  return (
    <section className={css.part} aria-label={t("lines.test")}>
      <h2>{t("lines.test")}</h2>
      <p>{t("lines.testText")}</p>
      <form
        className={css.ask}
        onSubmit={(event) => {
          event.preventDefault();
          save(undefined);
        }}
      >
        <TextInput
          label={t("lines.caller")}
          type="tel"
          required
          withAsterisk={false}
          value={caller}
          onChange={(event) => {
            setCaller(event.currentTarget.value);
          }}
        />
        <Select
          label={t("lines.dialled")}
          disabled={line === undefined}
          data={found.lines.map((each) => ({
            value: String(each.id),
            label: each.name === "" ? each.number : `${each.number} · ${each.name}`,
          }))}
          value={line === undefined ? null : String(line.id)}
          onChange={choose}
        />
        <Button type="submit" variant="default" loading={busy}>
          {t("lines.ask")}
        </Button>
      </form>
      {why !== null && (
        <div className={css.inside}>
          <Why text={why} />
        </div>
      )}
      {answer !== null && why === null && <Answer answer={answer} />}
    </section>
  );
}

function Answer({ answer }: { answer: Explained }) {
  const { t } = useTranslation();
  const people = useQuery(users).data;
  const nameOf = (id: number) =>
    people?.find((each) => each.id === id)?.name ?? t("lines.someone", { id: String(id) });
  return (
    <div className={css.found} role="status">
      <ol>
        {answer.rings.map((ring, index) => (
          <li key={index}>
            {t("lines.rings", {
              seconds: ring.seconds,
              names: [...new Set(ring.users)].map(nameOf).join(", "),
            })}
          </li>
        ))}
        <li>{t("lines.then", { where: answer.then === "" ? t("lines.ownWay") : answer.then })}</li>
      </ol>
      <h3>{t("lines.whyTitle")}</h3>
      <ul>
        {answer.reasons.map((each, index) => (
          <li key={index}>
            {t(`reasons.${each.code}`, {
              name: each.user_id === undefined ? "" : nameOf(each.user_id),
              word: each.word ?? "",
            })}
          </li>
        ))}
      </ul>
      {answer.answer !== null && (
        <p className={css.answer}>
          {t("lines.answer")}: {answer.answer === "" ? t("lines.nothing") : <code>{answer.answer}</code>}
        </p>
      )}
    </div>
  );
}
