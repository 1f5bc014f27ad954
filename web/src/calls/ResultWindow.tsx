// The result window: how a call went, whose it was, its recording, what was agreed and what is to be done next. It stands
// beside the work and is written to by keys alone; what is in it is kept at every letter.
import { Button, Kbd, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  Building2,
  ChevronLeft,
  ChevronRight,
  PhoneIncoming,
  PhoneOutgoing,
  Repeat,
  Target,
  UserRound,
  X,
} from "lucide-react";
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import type { Call } from "../api/calls";
import { choices, pipelines } from "../api/cards";
import { isRefusal } from "../api/client";
import { callToFinish, type CallToFinish } from "../api/results";
import { PickCard } from "../app/PickCard";
import { sentence } from "../app/sentence";
import { useTimes } from "../app/times";
import { tell } from "../app/told";
import { useHere } from "../app/useHere";
import { type Player, Recordings } from "../cards/RecordingPlayer";
import { useFocusBack } from "../ui/focus";
import { Why } from "../ui/Form";
import { Waiting } from "../ui/Page";
import { begun, type Draft, drop, hasLead, isTouched, keep, read } from "./drafts";
import { lengthOf } from "./length";
import { dueAt, fieldOf, ofField, PRESETS } from "./presets";
import css from "./Result.module.css";
import { changed, send, sendSoon } from "./ResultOutbox";

const STATUSES = [1, 2, 3, 4, 5, 6, 7] as const;
const TALKED = 4;
const NO_ANSWER = 6;
const UNREADY = 500; // ms after it has opened by itself: an Enter then was meant for something else
const ICONS = { contacts: UserRound, companies: Building2, leads: Target, customers: Repeat };

/** Random enough, also where a page from plain http has no `randomUUID`. */
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (each) => each.toString(16).padStart(2, "0")).join(
    "",
  );

interface WindowProps {
  who: string;
  callId: number;
  byItself: boolean;
  /** What the list knows of the call already. */
  first: Call | undefined;
  waits: number[];
  onGo: (call: number) => void;
  onClose: () => void;
}

export function ResultWindow(props: WindowProps) {
  const { t } = useTranslation();
  const { callId, first, onClose } = props;
  const query = useQuery({
    ...callToFinish(callId),
    ...(first
      ? {
          placeholderData: {
            ...first,
            chosen: null,
            why: null,
            candidates: [],
            unsorted: null,
            finished_at: null,
          },
        }
      : {}),
  });
  if (query.data) return <Filled {...props} call={query.data} sure={!query.isPlaceholderData} />;
  return (
    <Frame title={t("result.title")} onClose={onClose}>
      {query.isError ? (
        <Why text={isRefusal(query.error, 404) ? t("result.gone") : sentence(query.error)} />
      ) : (
        <Waiting text={t("result.loading")} tall={false} />
      )}
    </Frame>
  );
}

interface FrameProps {
  title: ReactNode;
  under?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  onClose: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
}

function Frame({ title, under, aside, children, onClose, onKeyDown }: FrameProps) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <section
      className={css.window}
      role="dialog"
      aria-modal="false"
      data-own-keys
      aria-label={t("result.title")}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) {
          event.preventDefault();
          onClose();
        }
        onKeyDown?.(event);
      }}
    >
      <header className={css.head}>
        <div className={css.titles}>
          <h2 className={css.title}>{title}</h2>
          {under !== undefined && <p className={css.under}>{under}</p>}
        </div>
        {aside}
        <button type="button" className={css.icon} aria-label={t("act.close")} onClick={onClose}>
          <X size={17} aria-hidden="true" />
        </button>
      </header>
      {children}
    </section>
  );
}

function Filled({
  who,
  callId,
  byItself,
  waits,
  onGo,
  onClose,
  call,
  sure,
}: WindowProps & { call: CallToFinish; sure: boolean }) {
  const { t, i18n } = useTranslation();
  const { moment, day } = useTimes();
  const client = useQueryClient();
  const zone = useHere().account.time_zone;
  const [key] = useState(newKey);
  const first = begun(
    call.status !== null && call.status < 8 ? call.status : call.answered_at === null ? NO_ANSWER : TALKED,
    call.result ?? "",
    key,
  );
  const [kept, setKept] = useState<Draft | null>(() => read(localStorage, who, callId));
  const draft = kept ?? first;
  const [busy, setBusy] = useState(false);
  const [picks, setPicks] = useState(false);
  const player = useRef<Player>(null);
  const note = useRef<HTMLTextAreaElement>(null);
  const contact = useRef<HTMLInputElement>(null);
  const [openedAt] = useState(() => performance.now());
  const [openedOn] = useState(() => Date.now() / 1000);

  useEffect(() => {
    note.current?.focus({ preventScroll: true });
  }, []);

  const set = useCallback(
    (more: Partial<Draft>) => {
      setKept((now) => {
        const next = { ...(now ?? first), ...more, why: null, at: Date.now() };
        if (next.saved) return now;
        if (isTouched(next, { ...first, key: next.key })) keep(localStorage, who, callId, next);
        else drop(localStorage, who, callId);
        return next;
      });
    },
    // What the call itself says does not change what was written of it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [who, callId, first.status, first.text, key],
  );
  // The bar counts drafts; it is not shown while this is open.
  useEffect(() => changed, []);

  async function save(): Promise<void> {
    if (busy || draft.saved) return;
    setBusy(true);
    const next = { ...draft, saved: true, why: null, at: Date.now() };
    // Kept before it is sent: a crash on the way loses nothing.
    keep(localStorage, who, callId, next);
    const sent = await send(client, who, callId);
    setBusy(false);
    if (sent === "refused") {
      setKept(read(localStorage, who, callId));
      note.current?.focus();
      return;
    }
    changed();
    if (sent === "later") sendSoon();
    tell(sent === "taken" ? t("result.saved") : t("result.kept"));
    onClose();
  }

  const unknown = draft.card === null && (call.card === null || call.unsorted !== null);
  const bound = draft.card ?? (call.unsorted === null ? call.card : null);

  function nextTask(): void {
    const at = draft.preset === null || draft.preset === "date" ? -1 : PRESETS.indexOf(draft.preset);
    const preset = PRESETS[at + 1];
    if (preset) set({ preset, due: dueAt(preset, Date.now() / 1000, zone) });
    else set({ preset: null, due: null });
  }
  function go(by: number): void {
    const next = waits[waits.indexOf(callId) + by];
    if (next !== undefined) onGo(next);
  }

  // By their places, so that every layout has them; from anywhere on the page, since there is one such window.
  const pressed = useRef<(event: globalThis.KeyboardEvent) => void>(undefined);
  useEffect(() => {
    pressed.current = (event) => {
      if (document.querySelector('[role="dialog"]:not([aria-modal="false"])')) return;
      const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || digit === undefined) return;
      event.preventDefault();
      const number = Number(digit);
      const status = STATUSES.find((each) => each === number);
      if (draft.saved) return;
      if (status !== undefined) set({ status: draft.status === status ? null : status });
      else if (number === 8) nextTask();
      else if (number !== 9) player.current?.toggle();
      else if (contact.current && document.activeElement !== contact.current) contact.current.focus();
      else setPicks(true);
    };
  });
  useEffect(() => {
    const heard = (event: globalThis.KeyboardEvent) => pressed.current?.(event);
    addEventListener("keydown", heard);
    return () => {
      removeEventListener("keydown", heard);
    };
  }, []);

  function keyed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "PageUp" || event.key === "PageDown") {
      event.preventDefault();
      go(event.key === "PageUp" ? -1 : 1);
    }
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    if (event.target instanceof HTMLElement && /^(BUTTON|A|SELECT)$/.test(event.target.tagName)) return;
    event.preventDefault();
    if (!byItself || performance.now() - openedAt > UNREADY) void save();
  }

  const Direction = call.direction === "inbound" ? PhoneIncoming : PhoneOutgoing;
  const place = waits.indexOf(callId);
  const number = call.number ?? t("result.withheld");
  const name = bound ? (bound.name === "" ? t("result.unnamed") : bound.name) : number;
  const said = [
    t(`result.${call.direction}`),
    ...(bound ? [number] : []),
    day(call.started_at) === day(openedOn)
      ? new Intl.DateTimeFormat(i18n.language, { hour: "numeric", minute: "2-digit", timeZone: zone }).format(
          call.started_at * 1000,
        )
      : moment(call.started_at),
    call.answered_at === null
      ? t("result.noTalk")
      : t("result.talked", { time: lengthOf(call.talk_seconds) }),
  ];
  return (
    <>
      <Frame
        title={
          <>
            <Direction size={16} aria-hidden="true" className={css.direction} />
            {name}
          </>
        }
        under={said.join(" · ")}
        aside={
          waits.length > 1 && (
            <nav className={css.around}>
              <button
                type="button"
                className={css.icon}
                aria-label={t("result.before")}
                title={t("result.before")}
                disabled={place <= 0}
                onClick={() => {
                  go(-1);
                }}
              >
                <ChevronLeft size={16} aria-hidden="true" />
              </button>
              <span>{t("result.place", { at: place + 1, total: waits.length })}</span>
              <button
                type="button"
                className={css.icon}
                aria-label={t("result.next")}
                title={t("result.next")}
                disabled={place >= waits.length - 1}
                onClick={() => {
                  go(1);
                }}
              >
                <ChevronRight size={16} aria-hidden="true" />
              </button>
            </nav>
          )
        }
        onClose={onClose}
        onKeyDown={keyed}
      >
        <div className={css.body}>
          <Why text={draft.why} />
          {draft.saved && <p className={css.sending}>{t("result.sending")}</p>}
          <fieldset className={css.plain} disabled={draft.saved || busy}>
            <CardPart
              call={call}
              draft={draft}
              unknown={unknown && sure}
              contact={contact}
              set={set}
              onPick={() => {
                setPicks(true);
              }}
            />
            {(call.answered_at !== null || call.recordings.length > 0) && (
              <Recordings of={call.recordings} player={player} keys="Alt+0" />
            )}
            <div className={css.statuses} role="group" aria-label={t("result.statuses")}>
              {STATUSES.map((status) => (
                <Choice
                  key={status}
                  chosen={draft.status === status}
                  keys={String(status)}
                  onClick={() => {
                    set({ status: draft.status === status ? null : status });
                  }}
                >
                  {t(`result.status.s${status}`)}
                </Choice>
              ))}
            </div>
            <Textarea
              ref={note}
              aria-label={t("result.note")}
              placeholder={t("result.notePlaceholder")}
              description={t("result.keysNote")}
              inputWrapperOrder={["input", "description"]}
              rows={3}
              maxLength={20_000}
              classNames={{ description: css.hint ?? "" }}
              value={draft.text}
              onChange={(event) => {
                set({ text: event.currentTarget.value });
              }}
            />
            <TaskPart draft={draft} set={set} zone={zone} />
          </fieldset>
        </div>
        <footer className={css.foot}>
          <span className={css.draft} role="status">
            {kept && !draft.saved && isTouched(draft, { ...first, key: draft.key }) ? t("result.draft") : ""}
          </span>
          <Button variant="default" onClick={onClose} rightSection={<Kbd>Esc</Kbd>}>
            {t("result.later")}
          </Button>
          <Button
            loading={busy}
            disabled={draft.saved}
            onClick={() => void save()}
            rightSection={<Kbd className={css.onFilled}>Enter</Kbd>}
          >
            {t("act.save")}
          </Button>
        </footer>
      </Frame>
      {picks && (
        <PickCard
          title={t("result.choose")}
          likely={likely(call)}
          busy={false}
          onPick={({ entity, id, name }) => {
            set({ card: { entity, id, name }, contact: "" });
            setPicks(false);
          }}
          onClose={() => {
            setPicks(false);
          }}
        />
      )}
    </>
  );
}

const likely = (call: CallToFinish) => [
  ...call.candidates,
  ...(call.card && call.unsorted === null ? [call.card] : []),
];

interface PartProps {
  draft: Draft;
  set: (more: Partial<Draft>) => void;
}

interface CardPartProps extends PartProps {
  call: CallToFinish;
  unknown: boolean;
  contact: Ref<HTMLInputElement>;
  onPick: () => void;
}

function CardPart({ call, draft, unknown, contact, set, onPick }: CardPartProps) {
  const { t } = useTranslation();
  const bound = draft.card ?? (call.unsorted === null ? call.card : null);
  const pick = (
    <Button
      size="compact-sm"
      variant="default"
      aria-keyshortcuts="Alt+9"
      rightSection={<Kbd size="xs">9</Kbd>}
      onClick={onPick}
    >
      {t(bound ? "result.rebind" : "result.choose")}
    </Button>
  );
  const Icon = bound && ICONS[bound.entity];
  const takesLead =
    bound === null ? draft.contact.trim() !== "" : /^(contacts|companies)$/.test(bound.entity);
  return (
    <div className={css.part}>
      <div className={css.card}>
        {Icon && <Icon size={17} aria-hidden="true" className={css.direction} />}
        <span className={css.cardName}>
          {bound ? (bound.name === "" ? t("result.unnamed") : bound.name) : t("result.noCard")}
          <span className={css.cardMore}>
            {bound && t(`search.${bound.entity}`)}
            {bound &&
              (draft.card ? ` · ${t("result.bound")}` : call.why && ` · ${t(`result.why.${call.why}`)}`)}
          </span>
        </span>
        {draft.card && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => {
              set({ card: null, lead: null });
            }}
          >
            {t("result.keep")}
          </Button>
        )}
        {pick}
      </div>
      {unknown && (
        <TextInput
          ref={contact}
          aria-label={t("result.newContact")}
          placeholder={t("result.newContact")}
          autoComplete="off"
          maxLength={255}
          value={draft.contact}
          onChange={(event) => {
            set({ contact: event.currentTarget.value });
          }}
        />
      )}
      {(takesLead || unknown) && (
        <LeadPart draft={draft} set={set} disabled={!takesLead} isKnown={bound !== null} />
      )}
    </div>
  );
}

function LeadPart({ draft, set, disabled, isKnown }: PartProps & { disabled: boolean; isKnown: boolean }) {
  const { t } = useTranslation();
  const stages = useQuery(pipelines).data?.filter((each) => !each.is_archive) ?? [];
  const ticked = disabled ? draft.lead !== false : hasLead(draft);
  return (
    <div className={css.lead} data-off={disabled || undefined}>
      <label className={css.tick}>
        <input
          type="checkbox"
          checked={ticked}
          disabled={disabled}
          onChange={(event) => {
            set({ lead: event.currentTarget.checked });
          }}
        />
        {t(isKnown ? "result.newLead" : "result.withLead")}
      </label>
      {ticked && !disabled && (
        <NativeSelect
          size="xs"
          className={css.stage ?? ""}
          aria-label={t("result.stage")}
          value={draft.stage}
          onChange={(event) => {
            set({ stage: event.currentTarget.value });
          }}
          data={stages.map((pipeline, place) => ({
            group: pipeline.name,
            items: pipeline._embedded.statuses
              .filter((status) => status.type === 0)
              .map((status, step) => ({
                value: place + step === 0 ? "" : `${String(pipeline.id)}:${String(status.id)}`,
                label: status.name,
              })),
          }))}
        />
      )}
    </div>
  );
}

function TaskPart({ draft, set, zone }: PartProps & { zone: string }) {
  const { t } = useTranslation();
  const { moment } = useTimes();
  const types = useQuery(choices).data?.task_types ?? [];
  return (
    <div className={css.part}>
      <div className={css.task}>
        <span className={css.label} id="result-task">
          {t("result.task")}
        </span>
        <Kbd size="xs">8</Kbd>
        {draft.due !== null && <span className={css.due}>{moment(draft.due)}</span>}
      </div>
      <div className={css.presets} role="group" aria-labelledby="result-task">
        <Choice
          chosen={draft.due === null}
          onClick={() => {
            set({ preset: null, due: null });
          }}
        >
          {t("result.noTask")}
        </Choice>
        {PRESETS.map((preset) => (
          <Choice
            key={preset}
            chosen={draft.preset === preset}
            onClick={() => {
              set({ preset, due: dueAt(preset, Date.now() / 1000, zone) });
            }}
          >
            {t(`result.due.${preset}`)}
          </Choice>
        ))}
        <Choice
          chosen={draft.preset === "date"}
          onClick={() => {
            set({ preset: "date", due: draft.due ?? dueAt("tomorrow", Date.now() / 1000, zone) });
          }}
        >
          {t("result.date")}
        </Choice>
      </div>
      {draft.due !== null && (
        <div className={css.fields}>
          {draft.preset === "date" && (
            <input
              className={css.when}
              type="datetime-local"
              aria-label={t("result.when")}
              value={fieldOf(draft.due, zone)}
              onChange={(event) => {
                const due = ofField(event.currentTarget.value, zone);
                if (due !== undefined) set({ due });
              }}
            />
          )}
          <NativeSelect
            size="xs"
            aria-label={t("result.taskType")}
            value={String(draft.taskType ?? types[0]?.id ?? "")}
            onChange={(event) => {
              set({ taskType: Number(event.currentTarget.value) });
            }}
            data={types.map((each) => ({ value: String(each.id), label: each.name }))}
          />
          <TextInput
            size="xs"
            className={css.taskText ?? ""}
            aria-label={t("result.taskText")}
            placeholder={t("result.taskText")}
            autoComplete="off"
            value={draft.taskText}
            onChange={(event) => {
              set({ taskText: event.currentTarget.value });
            }}
          />
        </div>
      )}
    </div>
  );
}

interface ChoiceProps {
  chosen: boolean;
  keys?: string;
  onClick: () => void;
  children: ReactNode;
}

function Choice({ chosen, keys, onClick, children }: ChoiceProps) {
  return (
    <button
      type="button"
      className={css.choice}
      aria-pressed={chosen}
      aria-keyshortcuts={keys === undefined ? undefined : `Alt+${keys}`}
      onClick={onClick}
    >
      {keys !== undefined && (
        <span className={css.key} aria-hidden="true">
          {keys}
        </span>
      )}
      {children}
    </button>
  );
}
