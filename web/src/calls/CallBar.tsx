// A call of mine that was made small: it is still there, and one sees how it stands.
import { Maximize2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { LiveCall } from "../api/types.gen";
import { useHere } from "../app/useHere";
import css from "./Incoming.module.css";
import { useCaller, useName, useStand } from "./IncomingCard";
import { useCallKeys } from "./IncomingKeys";
import { clock, partOf } from "./incoming";

interface CallBarProps {
  call: LiveCall;
  now: number;
  active: boolean;
  onUnfold: () => void;
}

export function CallBar({ call, now, active, onUnfold }: CallBarProps) {
  const { t } = useTranslation();
  const { going } = call;
  const part = partOf(going, useHere().user.id);
  const name = useName()(going.number, useCaller(call), going.direction);
  const stand = useStand(call);
  useCallKeys({ f: onUnfold }, active, part === "rings");
  return (
    <button
      type="button"
      className={css.bar}
      data-tone={part === "talks" ? (going.on_hold ? "held" : "talks") : "rings"}
      title={t("incoming.deeds.unfold")}
      onClick={onUnfold}
    >
      <span className={css.dot} aria-hidden="true" />
      <span className={css.barName}>{name}</span>
      <span className={css.more}>{stand}</span>
      <span className={css.clock}>
        {clock(now - (part === "talks" ? (going.answered_at ?? going.started_at) : going.started_at))}
      </span>
      <Maximize2 size={13} aria-hidden="true" />
    </button>
  );
}
