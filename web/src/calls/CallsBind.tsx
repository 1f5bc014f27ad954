// Puts a call onto another card: the other ones that may have been meant stand first.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { callOf } from "../api/calls";
import { patch } from "../api/client";
import { type Pickable, PickCard } from "../app/PickCard";
import { useSave } from "../app/useSave";
import { Why } from "../ui/Form";

export function CallsBind({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation();
  const call = useQuery(callOf(id)).data;
  const { save, busy, why } = useSave(
    ({ entity, id: card }: Pickable) => patch(`/desk/calls/${id}`, { card: { entity, id: card } }),
    { changes: ["calls", "contacts", "debts"], said: t("calls.bound"), done: onClose },
  );
  const card = call?.card;
  const reason =
    !call || !card
      ? t("calls.bindNone")
      : t("calls.bindNow", {
          name: card.name === "" ? t("contacts.unnamed") : card.name,
          why: call.why === null ? "" : ` ${t(`calls.why.${call.why}`)}`,
        });
  return (
    <PickCard
      title={t("calls.bind")}
      text={call ? reason : undefined}
      likely={call?.candidates ?? []}
      busy={busy}
      trouble={<Why text={why} />}
      onPick={save}
      onClose={onClose}
    />
  );
}
