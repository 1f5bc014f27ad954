// One thing of a card that is changed where it stands: Enter saves, Esc gives up, what is wrong is said right here. While it
// is being saved the new value is shown and said to be on its way; a refusal gives back what was typed.
import { ActionIcon, Button } from "@mantine/core";
import { Check, Pencil, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isRefusal } from "../../api/client";
import { sentence } from "../../app/sentence";
import css from "./fields.module.css";

const SAID_AFTER = 300; // ms

type State<D> =
  | { at: "closed"; back: boolean } // whether the keyboard comes back here
  | { at: "open"; draft: D; was: D; seen: object; why: string | null; taken: boolean }
  | { at: "saving"; draft: D };

export interface InPlaceProps<D> {
  label: string;
  /** The value, to be read; null: there is none. */
  shown: ReactNode;
  /** The same of a draft that is on its way. */
  told: (draft: D) => ReactNode;
  /** None where one may not change it. */
  begin: (() => D) | null;
  seen: () => object;
  check?: (draft: D) => string | null;
  save: (draft: D, seen: object) => Promise<unknown>;
  /** What a colleague has made of it meanwhile is asked for. */
  renew: () => Promise<unknown>;
  children: (editing: { draft: D; set: (draft: D) => void; done: (draft: D) => void }) => ReactNode;
  wide?: boolean;
}

export function InPlace<D>(props: InPlaceProps<D>) {
  const { label, shown, told, begin, seen, check, save, renew, children, wide = false } = props;
  const { t } = useTranslation();
  const [state, setState] = useState<State<D>>({ at: "closed", back: false });
  const [isLong, setLong] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const isSaving = state.at === "saving";
  useEffect(() => {
    if (!isSaving) return;
    const timer = setTimeout(() => {
      setLong(true);
    }, SAID_AFTER);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [isSaving]);
  const isBack = state.at === "closed" && state.back;
  useEffect(() => {
    // Whoever has gone on elsewhere while it was being saved is not called back.
    if (isBack && document.activeElement === document.body) opener.current?.focus();
  }, [isBack]);

  const open = () => {
    if (!begin) return;
    const draft = begin();
    setState({ at: "open", draft, was: draft, seen: seen(), why: null, taken: false });
  };
  const close = () => {
    setState({ at: "closed", back: true });
  };
  const send = async (draft: D, was: D, looked: object) => {
    if (JSON.stringify(draft) === JSON.stringify(was)) {
      close();
      return;
    }
    const wrong = check?.(draft) ?? null;
    if (wrong !== null) {
      setState({ at: "open", draft, was, seen: looked, why: wrong, taken: false });
      return;
    }
    setState({ at: "saving", draft });
    try {
      await save(draft, looked);
      close();
    } catch (error) {
      const taken = isRefusal(error, 409);
      if (taken) await renew();
      setState({ at: "open", draft, was, seen: looked, why: taken ? null : sentence(error), taken });
    }
  };

  if (state.at !== "open") {
    const value = state.at === "saving" ? told(state.draft) : shown;
    return (
      <div
        className={css.shown}
        data-open={begin !== null}
        data-saving={isSaving}
        onClick={(event) => {
          const target = event.target as HTMLElement;
          if (state.at === "closed" && !target.closest("a, button, input")) open();
        }}
      >
        <div className={css.value}>
          {value ?? <span className={css.none}>{begin ? t("card.add") : t("card.none")}</span>}
        </div>
        {isLong && <span className={css.saving}>{t("card.saving")}</span>}
        {begin && (
          <button
            type="button"
            ref={opener}
            className={css.pencil}
            aria-label={t("card.edit", { what: label })}
            onClick={open}
            disabled={isSaving}
          >
            <Pencil size={13} aria-hidden="true" />
          </button>
        )}
      </div>
    );
  }
  const { draft, was, why, taken } = state;
  const pressed = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && !event.shiftKey && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      void send(draft, was, state.seen);
    }
  };
  return (
    <div className={css.editing} data-wide={wide} role="group" aria-label={label} onKeyDown={pressed}>
      <div className={css.editor}>
        {children({
          draft,
          set: (next) => {
            setState({ ...state, draft: next, why: null });
          },
          done: (next) => void send(next, was, state.seen),
        })}
        <ActionIcon
          variant="filled"
          size={28}
          aria-label={t("act.save")}
          title={`${t("act.save")} · Enter`}
          onClick={() => void send(draft, was, state.seen)}
        >
          <Check size={15} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={28}
          aria-label={t("act.cancel")}
          title={`${t("act.cancel")} · Esc`}
          onClick={close}
        >
          <X size={15} />
        </ActionIcon>
      </div>
      {why !== null && (
        <p className={css.why} role="alert">
          {why}
        </p>
      )}
      {taken && (
        <div className={css.taken} role="alert">
          <p>{t("card.taken")}</p>
          <div className={css.theirs}>{shown ?? t("card.emptied")}</div>
          <div className={css.choice}>
            <Button size="xs" variant="default" onClick={close} data-autofocus>
              {t("card.keepTheirs")}
            </Button>
            <Button size="xs" onClick={() => void send(draft, was, seen())}>
              {t("card.saveMine")}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}
