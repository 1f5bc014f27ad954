// What a demo company says of itself, and the way to be rid of it.
import { Button } from "@mantine/core";
import { Phone } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, remove } from "../api/client";
import { ringMe, type RingWish } from "../api/incoming";
import { tell } from "../app/told";
import { useHere } from "../app/useHere";
import { useSave } from "../app/useSave";
import { Why } from "../ui/Form";
import { Question } from "../ui/Window";
import css from "./Home.module.css";

const FILLING_LOOKS = 1_000; // ms

export function Demo() {
  const { t } = useTranslation();
  const here = useHere();
  const [asking, ask] = useState(false);
  const { save, busy, why } = useSave(() => remove<{ link: string | null }>("/desk/demo"), {
    done: ({ link }) => {
      tell(t("home.demoGone"));
      location.assign(link ?? "/");
    },
  });
  return (
    <div className={css.demo}>
      <div>
        <b>{t("home.demo")}</b>
        <p>{t("home.demoText")}</p>
        <Filling />
        <RingMe />
      </div>
      {here.user.is_admin && (
        <Button
          variant="default"
          onClick={() => {
            ask(true);
          }}
        >
          {t("home.demoRemove")}
        </Button>
      )}
      {asking && (
        <Question
          title={t("home.demoAsk")}
          text={t("home.demoAskText")}
          yes={t("home.demoRemove")}
          busy={busy}
          trouble={<Why text={why} />}
          onYes={() => {
            save(undefined);
          }}
          onClose={() => {
            ask(false);
          }}
        />
      )}
    </div>
  );
}

/** Its two weeks of calls are made beside the first look at it, and come by themselves when they are there. */
function Filling() {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ["demo"],
    queryFn: () => get<{ filling: boolean }>("/desk/demo"),
    refetchInterval: (query) => (query.state.data?.filling === true ? FILLING_LOOKS : false),
  });
  return <p role="status">{data?.filling === true ? t("home.demoFilling") : ""}</p>;
}

/** A call on the demo line: what it is like when somebody calls. */
function RingMe() {
  const { t } = useTranslation();
  const { save, busy } = useSave((wish: RingWish) => ringMe(wish), { loud: true });
  const wishes = [
    ["known", { caller: "known", to: "me" }],
    ["unknown", { caller: "unknown", to: "me" }],
    ["group", { caller: "known", to: "group" }],
  ] as const;
  return (
    <div className={css.ringMe}>
      <p>{t("incoming.demo.text")}</p>
      {wishes.map(([name, wish]) => (
        <Button
          key={name}
          size="xs"
          variant="default"
          leftSection={<Phone size={14} aria-hidden="true" />}
          disabled={busy}
          onClick={() => {
            save(wish);
          }}
        >
          {t(`incoming.demo.${name}`)}
        </Button>
      ))}
    </div>
  );
}
