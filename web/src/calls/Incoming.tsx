// The calls that concern me, bottom left over whatever page is open: they never take the focus, and never navigate.
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Announced, LiveCall } from "../api/types.gen";
import { useKept, useNotes, useRinging } from "../app/ringing";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { hearFacts, useDesk } from "../live/store";
import { CallBar } from "./CallBar";
import css from "./Incoming.module.css";
import { CallCard, LeftCard, NoticeCard, useCaller, useName } from "./IncomingCard";
import { ANSWERED_FOR, type Left, leftBy, MISSED_FOR, mine, partOf } from "./incoming";

const FOLDED = "trubka-folded-calls";
const MOST_FOLDED = 20; // remembered
const NO_CALLS: LiveCall[] = [];
const NO_NOTICES: Announced[] = [];

export function Incoming() {
  const { t } = useTranslation();
  const me = useHere().user.id;
  const calls = mine(useDesk((desk) => desk.calls) ?? NO_CALLS, me);
  const left = useLeft(me).filter((each) => calls.every((call) => call.id !== each.call.id));
  const notices = useDesk((desk) => desk.notices) ?? NO_NOTICES;
  const now = useNow(calls.length > 0 || notices.length > 0);
  const announced = notices.filter((notice) => notice.until > now);
  const [folded, fold] = useFolded();
  const ringing = calls.find((call) => partOf(call.going, me) === "rings");
  const active = calls[0]?.id ?? announced[0]?.id;

  if (calls.length + announced.length + left.length === 0) return null;
  return (
    <section
      className={css.calls}
      aria-label={t("incoming.label")}
      data-rings={ringing !== undefined || announced.length > 0 ? true : undefined}
    >
      {ringing && <Ringing call={ringing} />}
      {ringing === undefined && announced[0] && <RingingNotice notice={announced[0]} />}
      {left.map((each) => (
        <LeftOne key={`left ${each.call.id}`} left={each} />
      ))}
      {[...announced].reverse().map((notice) => (
        <NoticeCard key={notice.id} notice={notice} now={now} active={notice.id === active} />
      ))}
      {[...calls].reverse().map((call) =>
        folded.includes(call.id) ? (
          <CallBar
            key={call.id}
            call={call}
            now={now}
            active={call.id === active}
            onUnfold={() => {
              fold(call.id, false);
            }}
          />
        ) : (
          <CallCard
            key={call.id}
            call={call}
            now={now}
            active={call.id === active}
            onFold={() => {
              fold(call.id, true);
            }}
          />
        ),
      )}
    </section>
  );
}

function Ringing({ call }: { call: LiveCall }) {
  const { t } = useTranslation();
  const known = useCaller(call);
  const who = useName()(call.going.number, known, call.going.direction);
  useRinging(String(call.id), known ? who : "", t("incoming.title", { who }), known?.lead?.name ?? "");
  return <Asked />;
}

/** An integration rings by itself: here only the window says so. */
function RingingNotice({ notice }: { notice: Announced }) {
  const { t } = useTranslation();
  const who = useName()(notice.number, undefined);
  useRinging(notice.id, who, t("incoming.title", { who }), t("incoming.announced"));
  return null;
}

/** Asked in words, once, when there is a reason to ask. */
function Asked() {
  const { t } = useTranslation();
  const [notes, setNotes] = useNotes();
  if (notes !== "unasked") return null;
  return (
    <div className={css.ask}>
      <span>{t("incoming.ask")}</span>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => {
          setNotes(true);
        }}
      >
        {t("incoming.askYes")}
      </Button>
      <Button
        size="compact-xs"
        variant="subtle"
        onClick={() => {
          setNotes(false);
        }}
      >
        {t("incoming.askNo")}
      </Button>
    </div>
  );
}

function LeftOne({ left }: { left: Left }) {
  const { t } = useTranslation();
  const { nameOf } = usePeople();
  const words =
    left.how === "missed"
      ? t("incoming.missed")
      : left.by === null
        ? t("incoming.answeredAt", { number: left.at ?? "" })
        : t("incoming.answered", { name: nameOf(left.by) });
  return <LeftCard call={left.call} words={words} missed={left.how === "missed"} />;
}

function useLeft(me: number): Left[] {
  const [left, setLeft] = useState<Left[]>([]);
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const stop = hearFacts((facts, _, before) => {
      for (const each of leftBy(before, facts, me)) {
        setLeft((now) => [...now.filter((other) => other.call.id !== each.call.id), each]);
        const timer = setTimeout(
          () => {
            timers.delete(timer);
            setLeft((now) => now.filter((other) => other !== each));
          },
          each.how === "missed" ? MISSED_FOR : ANSWERED_FOR,
        );
        timers.add(timer);
      }
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [me]);
  return left;
}

/** Seconds, each of them while it is looked at. */
function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    if (!running) return;
    const tick = () => {
      setNow(Date.now() / 1000);
    };
    const timer = setInterval(tick, 1000);
    return () => {
      clearInterval(timer);
    };
  }, [running]);
  return now;
}

/** Which calls are small, in all windows of this browser and after a reload. */
function useFolded(): [number[], (id: number, small: boolean) => void] {
  const [kept, keep] = useKept(FOLDED);
  const folded = idsOf(kept);
  return [
    folded,
    (id, small) => {
      const others = folded.filter((each) => each !== id);
      keep(JSON.stringify((small ? [...others, id] : others).slice(-MOST_FOLDED)));
    },
  ];
}

function idsOf(kept: string | null): number[] {
  try {
    const read: unknown = JSON.parse(kept ?? "[]");
    return Array.isArray(read) ? read.filter((each) => typeof each === "number") : [];
  } catch {
    return [];
  }
}
