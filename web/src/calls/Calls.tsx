// The history of calls, the latest first: of any length, narrowed by filters that stand in the address.
import { ActionIcon, Button, CloseButton, Menu } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  ArrowDownLeft,
  ArrowUpRight,
  ChartColumn,
  Ellipsis,
  PhoneIncoming,
  PhoneMissed,
  UsersRound,
} from "lucide-react";
import { lazy, type RefObject, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Call, callsOf, type CardOf, latestCalls, lines } from "../api/calls";
import { CardLink, cardPath } from "../app/CardLink";
import { dial } from "../app/dial";
import { type Keys, useKeys } from "../app/keys";
import { Failed } from "../app/Shown";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { type People, usePeople } from "../app/usePeople";
import { Empty, Page, Waiting } from "../ui/Page";
import { State } from "../ui/State";
import css from "./Calls.module.css";
import { CallsFilters } from "./CallsFilters";
import { type Filters, isFiltered, wordsOf } from "./filters";
import { lengthOf } from "./length";
import { merged, searchOf } from "./merged";

const CallsCharts = lazy(async () => ({ default: (await import("./CallsCharts")).CallsCharts }));
const Recordings = lazy(async () => ({ default: (await import("../cards/RecordingPlayer")).Recordings }));
const CallsBind = lazy(async () => ({ default: (await import("./CallsBind")).CallsBind }));

const ROW = 56; // px, as in Calls.module.css
const AHEAD = 30; // rows before the end at which the next page is asked for

export function Calls() {
  const { t } = useTranslation();
  const here = useHere();
  const client = useQueryClient();
  const navigate = useNavigate();
  const filters: Filters = useSearch({ from: "/desk/calls" });
  const [minute] = useState(() => Date.now() / 1000); // the address says which days are meant; the page is opened now
  const words = wordsOf(filters, here.account.time_zone, minute);
  const query = useInfiniteQuery({ ...callsOf(words), refetchOnMount: true, staleTime: Infinity });
  const latest = useQuery(latestCalls(words)).data;
  const pages = query.data?.pages.flatMap((page) => page.calls);
  const [bound, bind] = useState<number>();
  const change = (next: Filters) => {
    void navigate({ to: "/calls", search: next, replace: true });
  };
  const toggleCharts = () => {
    const { charts, ...rest } = filters;
    change(charts ? rest : { ...rest, charts: true });
  };
  const fromTop = () => void client.resetQueries({ queryKey: callsOf(words).queryKey });
  useKeys({ v: toggleCharts });
  const found = pages && merged(pages, latest);
  return (
    <Page
      title={t("calls.title")}
      wide
      actions={
        <Button
          variant="default"
          className={filters.charts ? css.on : undefined}
          aria-pressed={filters.charts ?? false}
          leftSection={<ChartColumn size={16} />}
          onClick={toggleCharts}
        >
          {t("calls.charts")}
        </Button>
      }
    >
      <CallsFilters filters={filters} onChange={change} />
      {filters.charts && (
        <Suspense fallback={<Waiting text={t("calls.counting")} />}>
          <CallsCharts filters={filters} now={minute} />
        </Suspense>
      )}
      {found === undefined ? (
        query.isError ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Waiting text={t("calls.loading")} />
        )
      ) : found.rows.length === 0 && !found.more && !query.hasNextPage ? (
        isFiltered(filters) ? (
          <Empty
            icon={<PhoneIncoming size={30} />}
            title={t("calls.none")}
            text={t("calls.noneText")}
            action={
              <Button
                variant="default"
                onClick={() => {
                  change(filters.charts ? { charts: true } : {});
                }}
              >
                {t("calls.clear")}
              </Button>
            }
          />
        ) : (
          <Empty
            icon={<PhoneIncoming size={30} />}
            title={t("calls.empty")}
            text={t(here.user.is_admin ? "calls.emptyText" : "calls.emptyMine")}
          />
        )
      ) : (
        <List
          rows={found.rows}
          gap={found.more}
          onFromTop={fromTop}
          more={query.hasNextPage}
          search={searchOf(query.data?.pages ?? [])}
          onMore={() => {
            if (!query.isFetchingNextPage) void query.fetchNextPage();
          }}
          onBind={bind}
        />
      )}
      {bound !== undefined && (
        <Suspense fallback={null}>
          <CallsBind
            id={bound}
            onClose={() => {
              bind(undefined);
            }}
          />
        </Suspense>
      )}
    </Page>
  );
}

interface ListProps {
  rows: Call[];
  gap: boolean;
  onFromTop: () => void;
  more: boolean;
  search: ReturnType<typeof searchOf>;
  onMore: () => void;
  onBind: (id: number) => void;
}

function List({ rows, gap, onFromTop, more, search, onMore, onBind }: ListProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const people = usePeople();
  const { moment, day } = useTimes();
  const ours = useQuery(lines).data;
  const place = useRef<HTMLDivElement>(null);
  const [chosen, choose] = useState<number>();
  const [heard, hear] = useState<Call>();
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used only in this render
  const list = useVirtualizer({
    count: rows.length + 1,
    estimateSize: () => ROW,
    getScrollElement: () => place.current,
    getItemKey: (index) => rows[index]?.id ?? "end",
    overscan: 12,
  });
  const shown = list.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && search?.goesOn !== false && last >= rows.length - AHEAD) onMore();
  }, [more, search?.goesOn, last, rows.length, onMore]);
  const stay = useStay(place, rows[0]?.id, rows);
  const at = rows.findIndex((row) => row.id === chosen);
  const go = (step: number) => () => {
    const next = Math.max(0, Math.min(rows.length - 1, at + step));
    choose(rows[next]?.id);
    list.scrollToIndex(next);
  };
  const current = rows[at];
  const opens = (card: CardOf | null): Keys =>
    card ? { Enter: () => void navigate({ to: cardPath(card) }) } : {};
  useKeys({
    j: go(1),
    k: go(-1),
    ArrowDown: go(1),
    ArrowUp: go(-1),
    ...(current
      ? {
          b: () => {
            onBind(current.id);
          },
          ...(current.recordings.length === 0
            ? {}
            : {
                p: () => {
                  hear(heard?.id === current.id ? undefined : current);
                },
              }),
          ...opens(current.card),
          ...(current.number === null
            ? {}
            : {
                c: () => {
                  dial(current.number ?? "");
                },
              }),
        }
      : {}),
  });
  const lineName = (number: string) => {
    const name = ours?.find((each) => each.number === number)?.name;
    return name === undefined || name === "" ? number : name;
  };
  return (
    <div
      className={css.list}
      role="table"
      aria-label={t("calls.title")}
      aria-rowcount={more ? -1 : rows.length + 1}
    >
      <div className={css.head} role="row">
        {[
          t("calls.when"),
          t("calls.client"),
          t("calls.line"),
          t("calls.who"),
          t("calls.outcome"),
          t("calls.recording"),
        ].map((text) => (
          <span key={text} role="columnheader">
            {text}
          </span>
        ))}
        <span role="columnheader" aria-label={t("act.more")} />
      </div>
      {gap && (
        <button type="button" className={css.fresh} onClick={onFromTop}>
          {t("calls.fresh")}
        </button>
      )}
      <div className={css.body} ref={place} role="rowgroup" tabIndex={0} onScroll={stay}>
        <div style={{ height: list.getTotalSize() }} className={css.tall}>
          {shown.map((item) => {
            const call = rows[item.index];
            return (
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={item.index === at}
                className={css.row}
                data-at={item.index === at}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={() => {
                  if (call) choose(call.id);
                }}
              >
                {call ? (
                  <Cells call={call} people={people} lineName={lineName} onBind={onBind} onHear={hear} />
                ) : (
                  <span role="cell" className={css.end}>
                    {!more
                      ? t("calls.end")
                      : !search
                        ? t("calls.loadingMore")
                        : t(search.goesOn ? "calls.searching" : "calls.searched", { day: day(search.until) })}
                    {more && search?.goesOn === false && (
                      <Button variant="default" size="compact-sm" onClick={onMore}>
                        {t("calls.searchOn")}
                      </Button>
                    )}
                  </span>
                )}
              </div>
            );
          })}
        </div>
      </div>
      {heard && (
        <div className={css.player} role="region" aria-label={t("calls.listen")}>
          <div className={css.playerHead}>
            <span>
              {heard.card?.name ?? heard.number ?? t("calls.withheld")} · {moment(heard.started_at)}
            </span>
            <CloseButton
              aria-label={t("act.close")}
              onClick={() => {
                hear(undefined);
              }}
            />
          </div>
          <Suspense fallback={<Waiting text={t("doing.loading")} tall={false} />}>
            <Recordings key={heard.id} of={heard.recordings} />
          </Suspense>
        </div>
      )}
    </div>
  );
}

/** What comes in above does not push away what is being read: only at the very top new calls slide in. */
function useStay(place: RefObject<HTMLDivElement | null>, first: number | undefined, rows: Call[]) {
  const seen = useRef<{ first: number | undefined; top: number }>({ first, top: 0 });
  useEffect(() => {
    const before = seen.current.first;
    seen.current.first = first;
    if (before === first || seen.current.top === 0 || !place.current) return;
    const added = rows.findIndex((row) => row.id === before);
    if (added > 0) place.current.scrollBy({ top: added * ROW, behavior: "instant" });
  }, [place, first, rows]);
  return () => {
    seen.current.top = place.current?.scrollTop ?? 0;
  };
}

interface CellsProps {
  call: Call;
  people: People;
  lineName: (number: string) => string;
  onBind: (id: number) => void;
  onHear: (call: Call) => void;
}

function Cells({ call, people, lineName, onBind, onHear }: CellsProps) {
  const { t } = useTranslation();
  const { moment } = useTimes();
  const way = call.missed === true ? "missed" : call.direction;
  const Icon = ICONS[way];
  const { number } = call;
  const who = call.user_id === null ? (call.who ?? "") : people.nameOf(call.user_id);
  return (
    <>
      <span role="cell" className={css.when}>
        <span className={css.way} data-way={way} title={t(`calls.ways.${way}`)}>
          <Icon size={16} aria-label={t(`calls.ways.${way}`)} />
        </span>
        <time>{moment(call.started_at)}</time>
      </span>
      <span role="cell" className={css.two}>
        {call.card ? (
          <>
            <CardLink card={call.card} className={css.link} />
            <span className={css.number}>{number ?? t("calls.withheld")}</span>
          </>
        ) : (
          <>
            <span className={css.first}>{number ?? t("calls.withheld")}</span>
            <span className={css.number}>{t("calls.noCard")}</span>
          </>
        )}
      </span>
      <span role="cell">{call.line === null ? "" : lineName(call.line)}</span>
      <span role="cell">{who}</span>
      <span role="cell" className={css.two}>
        <Outcome call={call} />
        {(call.owed || (call.result ?? "") !== "") && (
          <span className={css.result}>
            {call.owed && <span className={css.owed}>{t("calls.owed")}</span>}
            {call.result}
          </span>
        )}
      </span>
      <span role="cell">
        {call.recordings.length > 0 && (
          <button
            type="button"
            className={css.sound}
            title={t("calls.listen")}
            onClick={() => {
              onHear(call);
            }}
          >
            <Sound call={call} />
          </button>
        )}
      </span>
      <span role="cell" className={css.deeds}>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t("act.more")}: ${number ?? t("calls.withheld")}`}
            >
              <Ellipsis size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {number !== null && (
              <Menu.Item
                onClick={() => {
                  dial(number);
                }}
              >
                {t("calls.callBack")}
              </Menu.Item>
            )}
            <Menu.Item
              onClick={() => {
                onBind(call.id);
              }}
            >
              {t("calls.bind")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </span>
    </>
  );
}

const ICONS = { missed: PhoneMissed, inbound: ArrowDownLeft, outbound: ArrowUpRight, internal: UsersRound };

function Outcome({ call }: { call: Call }) {
  const { t } = useTranslation();
  if (call.ended_at === null) return <State tone="good">{t("calls.goesOn")}</State>;
  if (call.missed === true) return <State tone="bad">{t("calls.missed")}</State>;
  if (call.answered_at === null) {
    return (
      <State tone="quiet">{t(call.direction === "inbound" ? "calls.unsure" : "calls.notReached")}</State>
    );
  }
  return <span className={css.length}>{lengthOf(call.talk_seconds)}</span>;
}

/** Whether there is something to hear, in words. */
function Sound({ call }: { call: Call }) {
  const { t } = useTranslation();
  const recording = call.recordings.at(-1);
  if (!recording) return null;
  const tone = recording.state === "fetched" ? "good" : recording.state === "waiting" ? "warn" : "quiet";
  return (
    <State tone={tone}>
      {t(`calls.sound.${recording.state}`)}
      {recording.state === "fetched" && recording.seconds !== null && ` ${lengthOf(recording.seconds)}`}
    </State>
  );
}
