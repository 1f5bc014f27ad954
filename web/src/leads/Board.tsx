// Leads by the stage they are in: carried by pointer or by keys, moved at once and honestly given back when refused.
import { Button, Select } from "@mantine/core";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Columns3 } from "lucide-react";
import {
  type KeyboardEvent,
  memo,
  type PointerEvent as ReactPointerEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { patch } from "../api/client";
import type { Filter, Named, Pipeline, Status } from "../api/table";
import { cardPath } from "../app/CardLink";
import { isNowhere } from "../app/keys";
import { Failed } from "../app/Shown";
import { sentence } from "../app/sentence";
import { useTimes } from "../app/times";
import { tell } from "../app/told";
import { useHere } from "../app/useHere";
import { usePeople } from "../app/usePeople";
import { hearFacts } from "../live/store";
import { Empty, Page, Waiting } from "../ui/Page";
import { Deeds, Window } from "../ui/Window";
import css from "./Board.module.css";
import {
  type Board as Cards,
  columnOf,
  type Count,
  counts,
  gone,
  layout,
  type Lead,
  loaded,
  LOST,
  moved,
  nextTaking,
  NO_BOARD,
  pieceOf,
  placeOf,
  put,
  recounted,
  someOf,
  UNSORTED,
} from "./board";

const CARD = 100; // px with its gap, as in Board.module.css
const AHEAD = 15; // cards before the end at which the next piece is asked for
const TOGETHER = 300; // ms: facts come in bursts
const MOST_AT_ONCE = 100; // leads that are asked for by their numbers
const FAR_ENOUGH = 6; // px, after which a press is a carrying
const EDGE = 60; // px from the board's side, where it scrolls by itself
const ENTITY = 2;

interface BoardProps {
  filter: Filter;
  onFilter: (filter: Filter) => void;
  filters: (pipelines: Pipeline[]) => ReactNode;
  unsorted: ReactNode;
  actions: ReactNode;
}

export function Board({ filter, onFilter, filters, unsorted, actions }: BoardProps) {
  const { t } = useTranslation();
  const query = useQuery(layout);
  const begun = useQuery(begins).data ?? 0;
  const pipelines = (query.data?.pipelines ?? []).filter((each) => each.statuses.length > 0);
  const pipeline =
    pipelines.find((each) => each.id === filter.pipeline) ??
    pipelines.find((each) => each.is_main) ??
    pipelines[0];
  const choose = pipelines.length > 1 && pipeline && (
    <Select
      size="xs"
      aria-label={t("board.choose")}
      data={pipelines.map((each) => ({ value: String(each.id), label: each.name }))}
      value={String(pipeline.id)}
      onChange={(value) => {
        if (value !== null) onFilter({ ...filter, pipeline: Number(value) });
      }}
    />
  );
  return (
    <Page
      title={t("board.title")}
      wide
      actions={
        <>
          {choose}
          {actions}
        </>
      }
    >
      {filters(pipelines)}
      {query.data === undefined ? (
        query.isError ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Waiting text={t("board.loading")} />
        )
      ) : pipeline ? (
        <Columns
          // Another filter is another board; so is one that was begun anew after the connection was lost.
          key={`${String(pipeline.id)} ${JSON.stringify(filter)} ${String(begun)}`}
          pipeline={pipeline}
          filter={filter}
          reasons={query.data.loss_reasons}
          unsorted={unsorted}
        />
      ) : (
        <Empty
          icon={<Columns3 size={30} />}
          title={t("board.noPipelines")}
          text={t("board.noPipelinesText")}
        />
      )}
    </Page>
  );
}

// Asked anew with everything else when the connection was lost for too long: the board begins once more.
const begins = queryOptions({ queryKey: ["begun"], queryFn: () => Date.now(), staleTime: Infinity });

interface Carried {
  id: number;
  over: number;
  x?: number; // by the pointer; none: by keys
  y?: number;
  width?: number;
}

interface ColumnsProps {
  pipeline: Pipeline;
  filter: Filter;
  reasons: Named[];
  unsorted: ReactNode;
}

function Columns({ pipeline, filter, reasons, unsorted }: ColumnsProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const zone = useHere().account.time_zone;
  const [cards, setCards] = useState<Cards>(NO_BOARD);
  const [at, setAt] = useState<number>(); // the lead that the keys are on
  const [carried, setCarried] = useState<Carried>();
  const [losing, setLosing] = useState<number>();
  const [said, say] = useState("");
  const place = useRef<HTMLDivElement>(null);
  const now = useRef(cards);
  useEffect(() => {
    now.current = cards;
  }, [cards]);
  const statuses = pipeline.statuses.filter((status) => status.type !== UNSORTED);
  const nameOf = (status: number): string => statuses.find((each) => each.id === status)?.name ?? "";
  const options = counts(pipeline.id, filter, zone);
  const counted = useQuery(options).data;
  const recount = useCallback(() => client.invalidateQueries({ queryKey: ["board", "counts"] }), [client]);

  // What happens is asked for by number, a moment later and all together.
  useEffect(() => {
    const waiting = new Set<number>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      timer = undefined;
      const ids = [...waiting].slice(0, MOST_AT_ONCE);
      for (const id of ids) waiting.delete(id);
      if (waiting.size > 0) timer = setTimeout(() => void look(), TOGETHER);
      void recount();
      const told = await someOf(pipeline.id, filter, zone, ids).catch(() => undefined);
      if (!told) return;
      const there = new Set(told.leads.map((lead) => lead.id));
      setCards((before) => {
        const left = ids.filter((id) => !there.has(id)).reduce(gone, before);
        return told.leads.reduce(put, left);
      });
    };
    const stop = hearFacts((facts) => {
      for (const fact of facts) {
        if (fact.fact === "lead_moved") waiting.add(fact.id);
        else if (
          "entity" in fact &&
          fact.entity === ENTITY &&
          "id" in fact &&
          /^(card|gone)/.test(fact.fact)
        ) {
          if (typeof fact.id === "number") waiting.add(fact.id);
        }
      }
      if (waiting.size > 0) timer ??= setTimeout(() => void look(), TOGETHER);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [pipeline.id, filter, zone, recount]);

  const ask = useCallback(
    async (status: number, after: string | null) => {
      const piece = await pieceOf(pipeline.id, status, filter, zone, after);
      setCards((before) => loaded(before, status, piece.leads, piece.after));
    },
    [pipeline.id, filter, zone],
  );

  async function move(id: number, to: number, reason?: number | null): Promise<void> {
    const from = placeOf(now.current, id);
    const lead = now.current.leads.get(id);
    if (!from || !lead || from.status === to) return;
    if (to === LOST && reason === undefined) {
      setLosing(id);
      return;
    }
    setCards((before) => moved(before, id, to));
    client.setQueryData<Count[]>(
      options.queryKey,
      (found) => found && recounted(found, lead, from.status, to),
    );
    say(t("board.put", { name: lead.name, column: nameOf(to) }));
    try {
      await patch(`/api/v4/leads/${String(id)}`, {
        pipeline_id: pipeline.id,
        status_id: to,
        ...(reason ? { loss_reason_id: reason } : {}),
      });
    } catch (error) {
      setCards((before) => moved(before, id, from.status, from.index));
      client.setQueryData<Count[]>(
        options.queryKey,
        (found) => found && recounted(found, lead, to, from.status),
      );
      const why = t("board.back", { name: lead.name, column: nameOf(from.status), why: sentence(error) });
      tell(why, "bad");
      say(why);
    }
    void recount();
  }

  // By the pointer.
  const press = useRef<{ id: number; x: number; y: number; dx: number; dy: number; width: number }>(
    undefined,
  );
  const wasCarried = useRef(false);
  const flyingCard = useRef<HTMLDivElement>(null);
  const pressed = (id: number) => (event: ReactPointerEvent<HTMLElement>) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const box = event.currentTarget.getBoundingClientRect();
    press.current = {
      id,
      x: event.clientX,
      y: event.clientY,
      dx: event.clientX - box.left,
      dy: event.clientY - box.top,
      width: box.width,
    };
    wasCarried.current = false;
    const over = (x: number, y: number): number => {
      const found = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-stage]")?.dataset.stage;
      return Number(found ?? 0);
    };
    let x = event.clientX;
    let frame = 0;
    const scroll = () => {
      const board = place.current;
      if (!board || !wasCarried.current || !press.current) return;
      const { left, right } = board.getBoundingClientRect();
      if (x < left + EDGE) board.scrollLeft -= 14;
      else if (x > right - EDGE) board.scrollLeft += 14;
      frame = requestAnimationFrame(scroll);
    };
    const go = (move: PointerEvent) => {
      const start = press.current;
      if (!start) return;
      x = move.clientX;
      if (!wasCarried.current) {
        if (Math.hypot(move.clientX - start.x, move.clientY - start.y) < FAR_ENOUGH) return;
        wasCarried.current = true;
        frame = requestAnimationFrame(scroll);
      }
      move.preventDefault();
      const now = over(move.clientX, move.clientY);
      const [left, top] = [move.clientX - start.dx, move.clientY - start.dy];
      // Many times a second: the board is made anew only where the lead comes over another column.
      if (flyingCard.current) flyingCard.current.style.transform = flown(left, top);
      setCarried((before) =>
        before?.over === now ? before : { id, over: now, x: left, y: top, width: start.width },
      );
    };
    const end = (last?: PointerEvent) => {
      removeEventListener("pointermove", go);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", giveBack);
      removeEventListener("keydown", escape, true);
      cancelAnimationFrame(frame);
      press.current = undefined;
      setCarried(undefined);
      if (!last || !wasCarried.current) return;
      const to = over(last.clientX, last.clientY);
      const status = statuses.find((each) => each.id === to);
      if (!status) return;
      if (status.takes === true) void move(id, to);
      else if (placeOf(now.current, id)?.status !== to)
        tell(t("board.takesNot", { column: status.name }), "bad");
    };
    const giveBack = () => {
      end();
    };
    const escape = (key: globalThis.KeyboardEvent) => {
      if (key.key !== "Escape") return;
      key.preventDefault();
      end();
    };
    addEventListener("pointermove", go);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", giveBack);
    addEventListener("keydown", escape, true);
  };

  // By keys.
  const byKeys = carried !== undefined && carried.x === undefined ? carried : undefined;
  const shown = byKeys ? moved(cards, byKeys.id, byKeys.over) : cards;
  const focus = (id: number | undefined) => {
    setAt(id);
    const lead = id === undefined ? undefined : cards.leads.get(id);
    const found = id === undefined ? undefined : placeOf(cards, id);
    if (lead && found) {
      const count = counted?.find((each) => each.status_id === found.status)?.count ?? 0;
      say(t("board.at", { name: lead.name, column: nameOf(found.status), place: found.index + 1, count }));
    }
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const here = at === undefined ? undefined : placeOf(shown, at);
    const sideways = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : undefined;
    const down =
      event.key === "ArrowDown" || event.code === "KeyJ"
        ? 1
        : event.key === "ArrowUp" || event.code === "KeyK"
          ? -1
          : undefined;
    if (byKeys) {
      const from = placeOf(cards, byKeys.id)?.status ?? byKeys.over;
      if (sideways !== undefined) {
        const over = nextTaking(statuses, byKeys.over, sideways, from);
        setCarried({ id: byKeys.id, over });
        say(t("board.over", { column: nameOf(over) }));
      } else if (event.key === " " || event.key === "Enter") {
        setCarried(undefined);
        void move(byKeys.id, byKeys.over);
      } else if (event.key === "Escape") {
        setCarried(undefined);
        say(t("board.given", { name: cards.leads.get(byKeys.id)?.name, column: nameOf(from) }));
      } else if (event.key !== "Tab") {
        event.preventDefault();
        return;
      } else return;
    } else if (down !== undefined) {
      const ids = here ? columnOf(cards, here.status).ids : undefined;
      focus(
        here && ids
          ? ids[Math.max(0, Math.min(ids.length - 1, here.index + down))]
          : firstOf(statuses, cards),
      );
    } else if (sideways !== undefined) {
      let index = here ? statuses.findIndex((each) => each.id === here.status) + sideways : 0;
      while (index >= 0 && index < statuses.length) {
        const ids = columnOf(cards, statuses[index]?.id ?? 0).ids;
        if (ids.length > 0) {
          focus(ids[Math.min(here?.index ?? 0, ids.length - 1)]);
          break;
        }
        index += sideways;
      }
    } else if (event.key === " " && at !== undefined && here) {
      setCarried({ id: at, over: here.status });
      say(t("board.picked", { name: cards.leads.get(at)?.name }));
    } else if (event.key === "Enter" && at !== undefined) {
      void navigate({ to: cardPath({ entity: "leads", id: at }) });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  useEffect(() => {
    // The keys are there at once, unless one is typing already; nobody asked for a ring around the whole board.
    const board = place.current;
    if (!isNowhere() || board === null) return;
    board.dataset.quiet = "true";
    board.focus({ preventScroll: true });
  }, []);

  const lost = losing === undefined ? undefined : cards.leads.get(losing);
  const flying = carried?.x === undefined ? undefined : cards.leads.get(carried.id);
  return (
    <>
      <p className={css.help} id="board-help">
        {t("board.help")}
      </p>
      <div
        className={css.board}
        ref={place}
        tabIndex={0}
        data-home
        role="group"
        aria-label={pipeline.name}
        aria-describedby="board-help"
        {...(at === undefined ? {} : { "aria-activedescendant": `lead-${String(at)}` })}
        onKeyDown={keyed}
        onBlur={(event) => {
          delete event.currentTarget.dataset.quiet;
        }}
      >
        {unsorted}
        {statuses.map((status) => (
          <Stage
            key={status.id}
            status={status}
            cards={shown}
            count={counted?.find((each) => each.status_id === status.id)}
            at={at}
            carried={carried}
            onAsk={ask}
            onPress={pressed}
            onClick={(event) => {
              if (wasCarried.current) event.preventDefault();
              wasCarried.current = false;
            }}
          />
        ))}
      </div>
      <div role="status" aria-live="assertive" className={css.said}>
        {said}
      </div>
      {flying && carried?.x !== undefined && (
        <div
          className={css.flying}
          ref={flyingCard}
          style={{ transform: flown(carried.x, carried.y ?? 0), width: carried.width }}
        >
          <Card lead={flying} />
        </div>
      )}
      {lost && (
        <WhyLost
          lead={lost}
          reasons={reasons}
          onClose={() => {
            setLosing(undefined);
            place.current?.focus();
          }}
          onChoose={(reason) => {
            setLosing(undefined);
            void move(lost.id, LOST, reason);
          }}
        />
      )}
    </>
  );
}

const flown = (x: number, y: number): string => `translate(${String(x)}px, ${String(y)}px)`;
const firstOf = (statuses: readonly Status[], cards: Cards): number | undefined =>
  statuses.map((status) => columnOf(cards, status.id).ids[0]).find((id) => id !== undefined);

interface StageProps {
  status: Status;
  cards: Cards;
  count: Count | undefined;
  at: number | undefined;
  carried: Carried | undefined;
  onAsk: (status: number, after: string | null) => Promise<void>;
  onPress: (id: number) => (event: ReactPointerEvent<HTMLElement>) => void;
  onClick: (event: React.MouseEvent) => void;
}

function Stage({ status, cards, count, at, carried, onAsk, onPress, onClick }: StageProps) {
  const { t } = useTranslation();
  const { money, number } = useTimes();
  const place = useRef<HTMLDivElement>(null);
  const column = columnOf(cards, status.id);
  const asking = useRef(false);
  const [trouble, setTrouble] = useState<string>();
  const more = !column.asked || column.after !== null;
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used only in this render
  const list = useVirtualizer({
    count: column.ids.length,
    estimateSize: () => CARD,
    getScrollElement: () => place.current,
    overscan: 6,
    paddingStart: 2,
    paddingEnd: 12,
  });
  const shown = list.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const next = useCallback(() => {
    if (asking.current) return;
    asking.current = true;
    setTrouble(undefined);
    onAsk(status.id, column.after)
      .catch((error: unknown) => {
        setTrouble(sentence(error));
      })
      .finally(() => {
        asking.current = false;
      });
  }, [onAsk, status.id, column.after]);
  useEffect(() => {
    if (trouble === undefined && more && last >= column.ids.length - AHEAD) next();
  }, [more, last, column.ids.length, next, trouble]);
  const index = at === undefined ? -1 : column.ids.indexOf(at);
  useEffect(() => {
    if (index < 0) return;
    list.scrollToIndex(index);
    place.current?.closest("section")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when the keys go on
  }, [index]);
  const over = carried?.over === status.id;
  return (
    <section
      className={css.column}
      aria-label={status.name}
      data-stage={status.id}
      data-over={over}
      data-takes={carried === undefined || status.takes === true}
    >
      <header className={css.head} style={{ borderTopColor: status.color ?? "var(--line-strong)" }}>
        <h2>{status.name}</h2>
        <p>
          {count &&
            (count.more
              ? t("board.cut", { count: number(count.count) as never, sum: money(count.sum) })
              : `${number(count.count)} · ${money(count.sum)}`)}
        </p>
      </header>
      <div className={css.cards} ref={place} role="list" aria-label={status.name} tabIndex={-1}>
        <div style={{ height: list.getTotalSize() }} className={css.tall} role="presentation">
          {shown.map((item) => {
            const lead = cards.leads.get(column.ids[item.index] ?? 0);
            return (
              lead && (
                <div
                  key={lead.id}
                  id={`lead-${String(lead.id)}`}
                  role="listitem"
                  className={css.place}
                  data-at={lead.id === at}
                  data-carried={carried?.id === lead.id}
                  style={{ transform: `translateY(${String(item.start)}px)` }}
                  onPointerDown={onPress(lead.id)}
                  onClickCapture={onClick}
                  onDragStart={(event) => {
                    event.preventDefault();
                  }}
                >
                  <Card lead={lead} />
                </div>
              )
            );
          })}
        </div>
        {column.ids.length === 0 && column.asked && <p className={css.none}>{t("board.none")}</p>}
        {trouble !== undefined && (
          <div className={css.none} role="alert">
            {trouble}{" "}
            <Button size="compact-xs" variant="default" onClick={next}>
              {t("act.retry")}
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}

const Card = memo(function Card({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const { money } = useTimes();
  const { nameOf } = usePeople();
  const who = lead.contact?.name ?? lead.company?.name ?? "";
  return (
    <article className={css.card}>
      <div className={css.first}>
        <Link to={cardPath({ entity: "leads", id: lead.id })} tabIndex={-1} preload={false} draggable={false}>
          {lead.name === "" ? t("table.unnamed") : lead.name}
        </Link>
      </div>
      <div className={css.second}>
        <span>{who}</span>
        <b>{lead.price > 0 ? money(lead.price) : ""}</b>
      </div>
      <div className={css.third}>
        <span>{nameOf(lead.owner)}</span>
        <Task at={lead.task_at} />
      </div>
      {lead.tags.length > 0 && (
        <div className={css.tags}>
          {lead.tags.slice(0, 3).map((tag) => (
            <span key={tag.id}>{tag.name}</span>
          ))}
        </div>
      )}
    </article>
  );
});

const seconds = (): number => Date.now() / 1000;

function Task({ at }: { at: number | null }) {
  const { t } = useTranslation();
  const { day } = useTimes();
  if (at === null) return <span className={css.quiet}>{t("board.noTask")}</span>;
  if (at < seconds()) return <span className={css.bad}>{t("board.overdue")}</span>;
  const today = day(at) === day(seconds());
  return (
    <span className={today ? css.warn : css.quiet}>
      {today ? t("board.today") : t("board.task", { when: day(at) })}
    </span>
  );
}

interface WhyLostProps {
  lead: Lead;
  reasons: Named[];
  onChoose: (reason: number | null) => void;
  onClose: () => void;
}

function WhyLost({ lead, reasons, onChoose, onClose }: WhyLostProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<number | null>(reasons[0]?.id ?? null);
  const choices: { id: number | null; name: string }[] = [
    ...reasons,
    { id: null, name: t("board.lostNone") },
  ];
  return (
    <Window title={t("board.lostTitle", { name: lead.name })} onClose={onClose} size={420}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onChoose(reason);
        }}
      >
        <div className={css.reasons} role="radiogroup" aria-label={t("board.lostTitle", { name: lead.name })}>
          {choices.map((each, index) => (
            <label key={each.id ?? 0}>
              <input
                type="radio"
                name="reason"
                checked={reason === each.id}
                {...(index === 0 ? { "data-autofocus": true } : {})}
                onChange={() => {
                  setReason(each.id);
                }}
              />
              {each.name}
            </label>
          ))}
        </div>
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit">{t("board.lostDo")}</Button>
        </Deeds>
      </form>
    </Window>
  );
}
