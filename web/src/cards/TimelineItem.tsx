// One line of a timeline: a note, a call, a task that is done, a change, where a lead has come from.
import { ActionIcon } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  CheckCheck,
  Inbox,
  MessageSquareText,
  Paperclip,
  Pencil,
  Phone,
  PhoneIncoming,
  PhoneMissed,
  PhoneOutgoing,
  Pin,
  PinOff,
  Play,
} from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Call } from "../api/calls";
import type { Change, Item, Note, Task, Unsorted } from "../api/cards";
import { fieldsOf } from "../api/cards";
import { post } from "../api/client";
import { CardLink } from "../app/CardLink";
import { dial } from "../app/dial";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { useSave } from "../app/useSave";
import { timeOf } from "../tasks/due";
import { Waiting } from "../ui/Page";
import { useCard } from "./CardContext";
import { useChangeWords } from "./changeWords";
import { written } from "./fields/values";
import css from "./Timeline.module.css";

const RecordingPlayer = lazy(async () => ({ default: (await import("./RecordingPlayer")).RecordingPlayer }));

export function TimelineItem({ item, isTop = false }: { item: Item; isTop?: boolean }) {
  const zone = useHere().account.time_zone;
  const { moment } = useTimes();
  const time = <time className={css.time}>{isTop ? moment(item.at) : timeOf(item.at, zone)}</time>;
  switch (item.kind) {
    case "note":
      return <NoteLine note={item.note} time={time} isTop={isTop} />;
    case "call":
      return <CallLine call={item.call} time={time} />;
    case "task":
      return <TaskLine task={item.task} time={time} />;
    case "change":
      return <ChangeLine change={item.change} time={time} />;
    case "unsorted":
      return <UnsortedLine unsorted={item.unsorted} time={time} />;
  }
}

interface LineProps {
  icon: ReactNode;
  tone?: "plain" | "good" | "bad" | "accent";
  head: ReactNode;
  time: ReactNode;
  deed?: ReactNode;
  quiet?: boolean;
  top?: boolean;
  children?: ReactNode;
}

function Line({ icon, tone = "plain", head, time, deed, quiet = false, top = false, children }: LineProps) {
  return (
    <article className={css.item} data-quiet={quiet} data-top={top}>
      <span className={css.icon} data-tone={tone} aria-hidden="true">
        {icon}
      </span>
      <div className={css.body}>
        <div className={css.head}>
          <span className={css.what}>{head}</span>
          {deed}
          {time}
        </div>
        {children}
      </div>
    </article>
  );
}

/** Who did it; the robot and integrations have no name here. */
function Who({ id }: { id: number }) {
  const { t } = useTranslation();
  const { nameOf } = usePeople();
  return <b className={css.who}>{id === 0 ? t("timeline.robot") : nameOf(id)}</b>;
}

function NoteLine({ note, time, isTop }: { note: Note; time: ReactNode; isTop: boolean }) {
  const { t } = useTranslation();
  const { kind, id, whole } = useCard();
  const client = useQueryClient();
  const pin = useSave(
    () => post(`/api/v4/${kind}/notes/${String(note.id)}/${note.is_pinned ? "unpin" : "pin"}`),
    {
      loud: true,
      done: () => void client.invalidateQueries({ queryKey: ["timeline", kind, String(id)] }),
    },
  );
  const text = written(note.params.text);
  const kinds = ["common", "sms_in", "sms_out", "attachment", "geolocation", "message_cashier"] as const;
  const known = kinds.find((each) => each === note.note_type);
  const file = written(note.params.original_name ?? note.params.file_name);
  const place = written(note.params.address);
  const about = [written(note.params.service), written(note.params.phone), place, file].filter(
    (each) => each !== "",
  );
  return (
    <Line
      top={isTop}
      tone="accent"
      icon={note.note_type === "attachment" ? <Paperclip size={14} /> : <MessageSquareText size={14} />}
      head={
        <>
          <Who id={note.by} /> {t(`timeline.note.${known ?? "service"}`)}
          {about.length > 0 && <span className={css.dim}> {about.join(" · ")}</span>}
          {isTop && <span className={css.pinned}>{t("timeline.pinned")}</span>}
        </>
      }
      time={time}
      deed={
        whole.may.edit && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            className={css.deed}
            aria-pressed={note.is_pinned}
            aria-label={t(note.is_pinned ? "timeline.unpin" : "timeline.pin")}
            title={t(note.is_pinned ? "timeline.unpin" : "timeline.pin")}
            disabled={pin.busy}
            onClick={() => {
              pin.save(undefined);
            }}
          >
            {note.is_pinned ? <PinOff size={14} /> : <Pin size={14} />}
          </ActionIcon>
        )
      }
    >
      {text !== "" && <div className={css.note}>{text}</div>}
    </Line>
  );
}

const OUTCOMES = ["message", "later", "away", "talked", "wrongNumber", "noAnswer", "busy"] as const; // 1 to 7

function CallLine({ call, time }: { call: Call; time: ReactNode }) {
  const { t } = useTranslation();
  const { kind, id } = useCard();
  const { nameOf } = usePeople();
  const isOn = call.ended_at === null;
  const isMissed = call.missed === true;
  const Icon = isMissed
    ? PhoneMissed
    : call.direction === "outbound"
      ? PhoneOutgoing
      : call.direction === "inbound"
        ? PhoneIncoming
        : Phone;
  const what = isOn
    ? t("timeline.call.on")
    : isMissed
      ? t("timeline.call.missed")
      : call.answered_at === null
        ? t("timeline.call.noAnswer")
        : t(`timeline.call.${call.direction}`);
  const who = call.user_id === null ? (call.who ?? "") : nameOf(call.user_id);
  const status = call.status === null ? undefined : OUTCOMES[call.status - 1];
  const about = [
    call.talk_seconds > 0 ? lengthOf(call.talk_seconds) : "",
    status === undefined ? "" : t(`timeline.call.status.${status}`),
  ].filter((each) => each !== "");
  const isElsewhere = call.card !== null && (call.card.entity !== kind || call.card.id !== id);
  return (
    <Line
      tone={isMissed ? "bad" : "good"}
      icon={<Icon size={14} />}
      head={
        <>
          <b className={css.who}>{what}</b>
          {who !== "" && <> · {who}</>}
          {call.number !== null && (
            <button
              type="button"
              className={css.number}
              title={t("card.callTo", { what: call.number })}
              onClick={() => {
                dial(call.number ?? "");
              }}
            >
              {call.number}
            </button>
          )}
          {about.length > 0 && <span className={css.dim}> {about.join(" · ")}</span>}
          {isElsewhere && call.card && (
            <>
              {" "}
              <CardLink card={call.card} className={css.elsewhere} />
            </>
          )}
        </>
      }
      time={time}
    >
      {call.result !== null && call.result !== "" && <div className={css.note}>{call.result}</div>}
      {call.recordings.map((recording) => (
        <Sound key={recording.id} recording={recording} />
      ))}
    </Line>
  );
}

/** What was recorded: its player comes when one wants to listen, since a long story has many. */
function Sound({ recording }: { recording: Call["recordings"][number] }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  if (isOpen) {
    return (
      <div className={css.player}>
        <Suspense fallback={<Waiting text={t("timeline.recording.waiting")} tall={false} />}>
          <RecordingPlayer id={recording.id} />
        </Suspense>
      </div>
    );
  }
  if (recording.state !== "fetched") {
    return <div className={css.dim}>{t(`timeline.recording.${recording.state}`)}</div>;
  }
  return (
    <button
      type="button"
      className={css.listen}
      onClick={() => {
        setOpen(true);
      }}
    >
      <Play size={12} aria-hidden="true" /> {t("timeline.listen")}
      {recording.seconds !== null && (
        <span className={css.dim}>{lengthOf(Math.round(recording.seconds))}</span>
      )}
    </button>
  );
}

/** 1:05, 12:00, 1:02:03. */
export function lengthOf(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = two(seconds % 60);
  return hours > 0 ? `${String(hours)}:${two(minutes)}:${rest}` : `${String(minutes)}:${rest}`;
}

function TaskLine({ task, time }: { task: Task; time: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Line
      tone="good"
      icon={<CheckCheck size={14} />}
      head={
        <>
          <Who id={task.updated_by} /> {t("timeline.taskDone")} <span>{task.text}</span>
        </>
      }
      time={time}
    >
      {task.result !== null && <div className={css.note}>{task.result}</div>}
    </Line>
  );
}

function ChangeLine({ change, time }: { change: Change; time: ReactNode }) {
  const { kind } = useCard();
  const fields = useQuery(fieldsOf(kind)).data;
  const words = useChangeWords(change, fields);
  return (
    <Line
      quiet
      icon={<Pencil size={12} />}
      head={
        <>
          <Who id={change.by} /> {words.what}
          {words.before !== "" && (
            <>
              {" "}
              <s className={css.before}>{words.before}</s>
            </>
          )}
          {words.after !== "" && <> {words.after}</>}
          {change.card && (
            <>
              {" "}
              <CardLink card={change.card} className={css.elsewhere} />
            </>
          )}
        </>
      }
      time={time}
    />
  );
}

function UnsortedLine({ unsorted, time }: { unsorted: Unsorted; time: ReactNode }) {
  const { t } = useTranslation();
  const { nameOf } = usePeople();
  const about = [unsorted.form, unsorted.phone, unsorted.page, unsorted.source].filter(
    (each) => each !== null && each !== "",
  );
  return (
    <Line
      icon={<Inbox size={14} />}
      head={
        <>
          <b className={css.who}>{t(`timeline.unsorted.${unsorted.category}`)}</b>
          {about.length > 0 && <span className={css.dim}> {about.join(" · ")}</span>}
        </>
      }
      time={time}
    >
      <div className={css.dim}>
        {t(`timeline.unsorted.${unsorted.state}`)}
        {unsorted.decided_by !== null && unsorted.decided_by !== 0 && <> · {nameOf(unsorted.decided_by)}</>}
      </div>
    </Line>
  );
}
