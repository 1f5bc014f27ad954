// Long-lived tokens: made, shown once, revoked.
import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post, remove } from "../api/client";
import { type Token, tokens, users } from "../api/desk";
import { useKeys } from "../app/keys";
import { Shown } from "../app/Shown";
import { useTimes } from "../app/times";
import { useSave } from "../app/useSave";
import { Copy } from "../ui/Copy";
import { Form, Why } from "../ui/Form";
import { Empty, Page } from "../ui/Page";
import { State } from "../ui/State";
import { Table, Two } from "../ui/Table";
import { Deeds, Question, Window } from "../ui/Window";
import css from "./Settings.module.css";

interface Made {
  token: Token;
  text: string;
}
type Open = { what: "add" } | { what: "made"; made: Made } | { what: "revoke"; token: Token };

export function Tokens() {
  const { t } = useTranslation();
  const query = useQuery(tokens);
  const [open, setOpen] = useState<Open | null>(null);
  const add = () => {
    setOpen({ what: "add" });
  };
  const close = () => {
    setOpen(null);
  };
  useKeys({ n: add });
  const button = (
    <Button leftSection={<Plus size={16} />} onClick={add}>
      {t("tokens.add")}
    </Button>
  );
  return (
    <Page
      title={t("tokens.title")}
      text={t("tokens.text")}
      actions={query.data?.length === 0 ? undefined : button}
    >
      <Shown query={query} waiting={t("doing.tokens")}>
        {(found) =>
          found.length === 0 ? (
            <Empty
              icon={<KeyRound size={30} />}
              title={t("tokens.empty")}
              text={t("tokens.emptyText")}
              action={button}
            />
          ) : (
            <Table
              label={t("tokens.title")}
              head={[
                t("tokens.name"),
                t("tokens.whose"),
                t("tokens.until"),
                { text: t("tokens.revoke"), hidden: true, width: 110 },
              ]}
            >
              {found.map((token) => (
                <Row
                  key={token.id}
                  token={token}
                  onRevoke={() => {
                    setOpen({ what: "revoke", token });
                  }}
                />
              ))}
            </Table>
          )
        }
      </Shown>
      {open?.what === "add" && (
        <NewToken
          onClose={close}
          onMade={(made) => {
            setOpen({ what: "made", made });
          }}
        />
      )}
      {open?.what === "made" && <MadeWindow made={open.made} onClose={close} />}
      {open?.what === "revoke" && <Revoke token={open.token} onClose={close} />}
    </Page>
  );
}

function Row({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const { t } = useTranslation();
  const { day } = useTimes();
  const whose = useQuery(users).data?.find((each) => each.id === token.user_id);
  const [opened] = useState(() => Date.now() / 1000);
  const isOver = token.expires_at < opened;
  return (
    <tr className={isOver ? css.off : ""}>
      <td>
        <Two
          first={token.name}
          second={token.integration ?? `${t("tokens.made")}: ${day(token.created_at)}`}
        />
      </td>
      <td>{whose?.name ?? ""}</td>
      <td>{isOver ? <State tone="quiet">{t("tokens.over")}</State> : day(token.expires_at)}</td>
      <td className={css.right}>
        <Button size="xs" variant="default" onClick={onRevoke}>
          {t("tokens.revoke")}
        </Button>
      </td>
    </tr>
  );
}

const DAYS = ["30", "180", "365", "1826"] as const;

function NewToken({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [days, setDays] = useState<string>("365");
  const { save, busy, why } = useSave(
    () => post<Made>("/desk/tokens", { name: name.trim(), days: Number(days) }),
    { changes: ["tokens"], done: onMade },
  );
  return (
    <Window title={t("tokens.createTitle")} onClose={onClose} size={420}>
      <Form
        label={t("tokens.createTitle")}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        <TextInput
          data-autofocus
          label={t("tokens.name")}
          placeholder={t("tokens.namePlaceholder")}
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <Select
          label={t("tokens.days")}
          data={DAYS.map((each) => ({ value: each, label: t(`tokens.days${each}`) }))}
          value={days}
          onChange={(next) => {
            if (next !== null) setDays(next);
          }}
        />
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("act.create")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}

function MadeWindow({ made, onClose }: { made: Made; onClose: () => void }) {
  const { t } = useTranslation();
  const title = t("tokens.readyTitle", { name: made.token.name });
  return (
    <Window title={title} text={t("tokens.readyText")} onClose={onClose} size={600} firm>
      <div className={css.stack}>
        <Copy text={made.text} label={title} secret block />
        <div className={css.field}>
          <span className={css.fieldName}>{t("tokens.try")}</span>
          <Copy
            text={`curl -H "Authorization: Bearer $TOKEN" ${location.origin}/api/v4/account`}
            label={t("tokens.try")}
          />
        </div>
      </div>
      <Deeds>
        <Button variant="default" onClick={onClose}>
          {t("act.done")}
        </Button>
      </Deeds>
    </Window>
  );
}

function Revoke({ token, onClose }: { token: Token; onClose: () => void }) {
  const { t } = useTranslation();
  const { save, busy, why } = useSave(() => remove(`/desk/tokens/${token.id}`), {
    changes: ["tokens"],
    said: t("tokens.revoked"),
    done: onClose,
  });
  return (
    <Question
      title={t("tokens.revokeAsk", { name: token.name })}
      text={t("tokens.revokeText")}
      yes={t("tokens.revoke")}
      busy={busy}
      trouble={<Why text={why} />}
      onYes={() => {
        save(undefined);
      }}
      onClose={onClose}
    />
  );
}
