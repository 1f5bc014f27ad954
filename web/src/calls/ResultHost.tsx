// Which of my calls wait for their result: a quiet bar with their number, and the window, which opens by itself at the end
// of a call unless one is in the middle of something else.
import { Kbd, UnstyledButton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CloudOff, NotebookPen, TriangleAlert } from "lucide-react";
import {
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { useTranslation } from "react-i18next";
import type { Call } from "../api/calls";
import { waiting } from "../api/results";
import { isTyping, isWindowOpen, useKeys } from "../app/keys";
import { tell } from "../app/told";
import { useHere } from "../app/useHere";
import { hearFacts } from "../live/store";
import { all, forget, toFinish } from "./drafts";
import css from "./Result.module.css";
import { listen, sending, versionNow } from "./ResultOutbox";
import { opensByItself } from "../app/resultSetting";

const load = () => import("./ResultWindow");
const ResultWindow = lazy(async () => ({ default: (await load()).ResultWindow }));

const LOADED_AFTER = 1_000; // ms: it must be there also when the net is gone at the end of a call
const JUST_ENDED = 120; // seconds
const KEYS = ["G", "F"];
const OPEN = "trubka-result-open"; // in this tab, so that a reload does not close it

export function ResultHost() {
  const { t } = useTranslation();
  const here = useHere();
  const client = useQueryClient();
  const who = `${String(here.account.id)}.${String(here.user.id)}`;
  const userId = here.user.id;
  const query = useQuery(waiting);
  const version = useSyncExternalStore(listen, versionNow);
  const [open, setOpen] = useState<{ call: number; byItself: boolean } | null>(() => {
    const call = Number(sessionStorage.getItem(OPEN));
    return call > 0 ? { call, byItself: false } : null;
  });

  useEffect(() => {
    if (open) sessionStorage.setItem(OPEN, String(open.call));
    else sessionStorage.removeItem(OPEN);
  }, [open]);

  // eslint-disable-next-line react-hooks/exhaustive-deps -- the version says that the store has changed
  const drafts = useMemo(() => all(localStorage, who), [who, version]);
  const calls = query.data?.calls;
  const waits = useMemo(
    () =>
      toFinish(
        (calls ?? []).map((call) => call.id),
        drafts,
      ),
    [calls, drafts],
  );
  const goesOut = drafts.filter(({ draft }) => draft.saved).length;
  const refused = drafts.find(({ draft }) => draft.why !== null && !draft.saved);

  useEffect(() => {
    forget(localStorage, who, Date.now());
    return sending(client, who, (_, sent) => {
      if (sent === "taken") tell(t("result.saved"));
      else tell(t("result.refused"), "bad");
    });
  }, [client, who, t]);

  useEffect(() => {
    const timer = setTimeout(() => void load(), LOADED_AFTER);
    return () => {
      clearTimeout(timer);
    };
  }, []);

  useEffect(
    () =>
      hearFacts((facts) => {
        // Others' calls end all day: only those that I took part in may wait for me.
        const mine = facts.some(
          (fact) =>
            (fact.fact === "call_ended" || fact.fact === "call_changed" || fact.fact === "call_logged") &&
            fact.users.includes(userId),
        );
        if (mine) void client.invalidateQueries({ queryKey: waiting.queryKey });
      }),
    [client, userId],
  );

  useOpening(calls, open !== null, (call) => {
    setOpen({ call, byItself: true });
  });

  const first = refused?.call ?? waits[0];
  const openFirst = useCallback(() => {
    if (first !== undefined) setOpen((now) => now ?? { call: first, byItself: false });
    // Where it is open already, one comes back to it from the page.
    document.querySelector<HTMLElement>('[role="dialog"][aria-modal="false"] textarea')?.focus();
  }, [first]);
  useKeys({ "g f": openFirst });

  if (open) {
    const around = waits.includes(open.call) ? waits : [open.call, ...waits];
    return (
      <Suspense fallback={null}>
        <ResultWindow
          key={open.call}
          who={who}
          callId={open.call}
          byItself={open.byItself}
          first={calls?.find((call) => call.id === open.call)}
          waits={around}
          onGo={(call) => {
            setOpen({ call, byItself: false });
          }}
          onClose={() => {
            setOpen(null);
          }}
        />
      </Suspense>
    );
  }
  if (waits.length === 0 && goesOut === 0) return null;
  return (
    <div className={css.bars} aria-live="polite">
      {goesOut > 0 && (
        <p className={css.bar}>
          <CloudOff size={15} aria-hidden="true" />
          {t("result.waits", { count: goesOut })}
        </p>
      )}
      {waits.length > 0 && (
        <UnstyledButton className={css.bar} data-tone={refused ? "bad" : undefined} onClick={openFirst}>
          {refused ? (
            <TriangleAlert size={15} aria-hidden="true" />
          ) : (
            <NotebookPen size={15} aria-hidden="true" />
          )}
          <span>
            {refused
              ? t("result.refused")
              : query.data?.more
                ? t("result.many")
                : t("result.count", { count: waits.length })}
          </span>
          <span className={css.barKeys} aria-hidden="true">
            {KEYS.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </span>
        </UnstyledButton>
      )}
    </div>
  );
}

/** A call that was not among those that waited when the page began, and has just ended. */
function useOpening(calls: Call[] | undefined, isOpen: boolean, onOpen: (call: number) => void): void {
  const known = useRef<Set<number> | null>(null);
  const kept = useRef(onOpen);
  useEffect(() => {
    kept.current = onOpen;
  });
  useEffect(() => {
    if (!calls) return;
    const before = known.current;
    known.current = new Set([...(before ?? []), ...calls.map((call) => call.id)]);
    if (!before) return;
    const fresh = calls.find(
      (call) => !before.has(call.id) && (call.ended_at ?? 0) > Date.now() / 1000 - JUST_ENDED,
    );
    if (!fresh || isOpen || !opensByItself() || document.visibilityState !== "visible") return;
    if (isTyping(document.activeElement) || isWindowOpen()) return;
    kept.current(fresh.id);
  }, [calls, isOpen]);
}
