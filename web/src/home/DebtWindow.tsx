// What is done about a debt without a call: it is closed with a reason, or a colleague takes it.
import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import type { Debt } from "../api/inbox";
import { usePeople } from "../app/usePeople";
import { useSave } from "../app/useSave";
import { Form, Why } from "../ui/Form";
import { Deeds, Window } from "../ui/Window";
import css from "./Today.module.css";

interface DebtWindowProps {
  debt: Debt;
  onClose: () => void;
}

export function DebtWindow({ deed, ...rest }: DebtWindowProps & { deed: "close" | "give" }) {
  return deed === "close" ? <Close {...rest} /> : <Give {...rest} />;
}

const CHANGED = ["debts", "calls"] as const;
const REASONS = ["wrote", "spam", "metHere"] as const;

function Close({ debt, onClose }: DebtWindowProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const { save, busy, why } = useSave(
    (given: string) => post(`/desk/debts/${debt.id}/close`, { reason: given }),
    { changes: CHANGED, said: t("today.closed"), done: onClose },
  );
  return (
    <Window title={t("today.closeTitle", { name: nameOf(debt, t("calls.withheld")) })} onClose={onClose}>
      <Form
        label={t("today.close")}
        onSubmit={() => {
          save(reason);
        }}
      >
        <Why text={why} />
        <TextInput
          data-autofocus
          label={t("today.reason")}
          required
          withAsterisk={false}
          maxLength={1000}
          value={reason}
          onChange={(event) => {
            setReason(event.currentTarget.value);
          }}
        />
        <div className={css.reasons}>
          {REASONS.map((each) => (
            <Button
              key={each}
              size="compact-xs"
              variant="default"
              onClick={() => {
                setReason(t(`today.reasons.${each}`));
              }}
            >
              {t(`today.reasons.${each}`)}
            </Button>
          ))}
        </div>
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={reason.trim() === ""}>
            {t("today.close")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}

function Give({ debt, onClose }: DebtWindowProps) {
  const { t } = useTranslation();
  const { choices } = usePeople();
  const [user, setUser] = useState<string | null>(null);
  const { save, busy, why } = useSave(
    () => post(`/desk/debts/${debt.id}/owner`, { user_id: user === null ? null : Number(user) }),
    { changes: CHANGED, said: t("today.given"), done: onClose },
  );
  return (
    <Window title={t("today.giveTitle", { name: nameOf(debt, t("calls.withheld")) })} onClose={onClose}>
      <Form
        label={t("today.give")}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        <Select
          data-autofocus
          label={t("today.toWhom")}
          data={choices.filter((each) => each.value !== String(debt.owner))}
          searchable
          nothingFoundMessage={t("field.nothingFound")}
          value={user}
          onChange={setUser}
        />
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={user === null}>
            {t("today.give")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}

const nameOf = (debt: Debt, withheld: string): string =>
  debt.card && debt.card.name !== "" ? debt.card.name : (debt.number ?? withheld);
