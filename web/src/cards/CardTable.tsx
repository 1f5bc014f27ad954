// A list of any length of one kind of card: only the rows in sight are made, and their pages come by the last row before.
import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, SearchX, Users } from "lucide-react";
import {
  type KeyboardEvent,
  memo,
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { cardPath } from "../app/CardLink";
import { isNowhere, useKeys } from "../app/keys";
import { Failed } from "../app/Shown";
import { sentence } from "../app/sentence";
import { useTimes } from "../app/times";
import { tell } from "../app/told";
import { useHere } from "../app/useHere";
import { Initials } from "../ui/Initials";
import { Empty, Page, Waiting } from "../ui/Page";
import { whenPainted } from "../ui/painted";
import css from "./CardTable.module.css";
import { useFresh } from "./fresh";
import { keepColumns } from "./keepColumns";
import { Selected } from "./Selected";
import {
  about,
  type About,
  type CardRow,
  type Chosen,
  type Column,
  columnsOf,
  everything,
  extend,
  type Filter,
  isNarrow,
  type Kind,
  NARROWEST,
  NOTHING,
  toggle,
  turned,
  WIDEST,
  widened,
} from "../api/table";
import { Columns, Filters } from "./TableFilters";
import { tableRows } from "./rows";
import { useOwners } from "./useOwners";

const ROW = 44; // px, as in CardTable.module.css
const AHEAD = 40; // rows before the end at which the next page is asked for
const STEP = 16; // px, by which a key makes a column wider

export const Contacts = () => <CardTable kind="contacts" />;
export const Companies = () => <CardTable kind="companies" />;
export const Customers = () => <CardTable kind="customers" />;

export function CardTable({ kind, actions }: { kind: Kind; actions?: React.ReactNode }) {
  const { t } = useTranslation();
  const here = useHere();
  const client = useQueryClient();
  const navigate = useNavigate();
  const filter: Filter = useSearch({ strict: false });
  const seen = useQuery(about(kind));
  const [told, setColumns] = useState<Column[]>();
  const columns = useMemo(
    () => told ?? columnsOf(kind, seen.data?.columns ?? null, seen.data?.fields ?? []),
    [told, kind, seen.data],
  );
  const options = tableRows(kind, filter, here.account.time_zone);
  const query = useInfiniteQuery(options);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows), [query.data]);
  const fresh = useFresh(kind, options.queryKey, rows, here.account.time_zone);
  const [chosen, choose] = useState<Chosen>(NOTHING);

  const set = (next: Filter) => {
    choose(NOTHING);
    void navigate({ to: ".", search: next as never, replace: true });
  };
  const keep = async (next: Column[], askAnew: boolean) => {
    setColumns(next);
    try {
      await keepColumns(kind, next);
      if (askAnew) await client.invalidateQueries({ queryKey: options.queryKey });
    } catch (error) {
      tell(sentence(error), "bad");
    }
  };

  const title = kind === "contacts" ? t("contacts.title") : t(`table.${kind}`);
  return (
    <Page
      title={title}
      wide
      actions={
        <>
          {actions}
          {seen.data && <Columns kind={kind} about={seen.data} columns={columns} onChange={keep} />}
        </>
      }
    >
      <Filters kind={kind} filter={filter} about={seen.data} onChange={set} />
      {rows === undefined ? (
        query.isError ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Waiting text={kind === "contacts" ? t("doing.contacts") : t("table.loading")} />
        )
      ) : rows.length === 0 ? (
        <NoRows kind={kind} narrow={isNarrow(filter)} onClear={set} />
      ) : (
        <>
          <List
            kind={kind}
            title={title}
            rows={rows}
            columns={columns}
            about={seen.data}
            more={query.hasNextPage}
            order={filter.order}
            chosen={chosen}
            onChoose={choose}
            onOrder={(order) => {
              set({ ...filter, order });
            }}
            onWidth={(next, done) => {
              if (done) void keep(next, false);
              else setColumns(next);
            }}
            onMore={() => {
              if (!query.isFetchingNextPage) void query.fetchNextPage();
            }}
          />
          {fresh.count > 0 && (
            <Button size="xs" className={css.fresh ?? ""} onClick={fresh.show}>
              {t("table.fresh", { count: fresh.count })}
            </Button>
          )}
          {seen.data && (
            <Selected
              kind={kind}
              about={seen.data}
              filter={filter}
              columns={columns}
              chosen={chosen}
              loaded={rows}
              whole={!query.hasNextPage}
              onChoose={choose}
            />
          )}
        </>
      )}
    </Page>
  );
}

function NoRows({
  kind,
  narrow,
  onClear,
}: {
  kind: Kind;
  narrow: boolean;
  onClear: (filter: Filter) => void;
}) {
  const { t } = useTranslation();
  const here = useHere();
  if (narrow) {
    const clear = (
      <Button
        variant="default"
        onClick={() => {
          onClear({});
        }}
      >
        {t("table.clear")}
      </Button>
    );
    return (
      <Empty
        icon={<SearchX size={30} />}
        title={t("table.narrow")}
        text={t("table.narrowText")}
        action={clear}
      />
    );
  }
  const words =
    kind === "contacts"
      ? here.user.is_admin
        ? [t("contacts.empty"), t("contacts.emptyText")]
        : [t("contacts.emptyMine"), t("contacts.emptyMineText")]
      : here.user.is_admin
        ? [t("table.empty"), t("table.emptyText")]
        : [t("table.emptyMine"), t("table.emptyMineText")];
  return <Empty icon={<Users size={30} />} title={words[0] ?? ""} text={words[1]} />;
}

interface ListProps {
  kind: Kind;
  title: string;
  rows: CardRow[];
  columns: Column[];
  about: About | undefined;
  more: boolean;
  order: string | undefined;
  chosen: Chosen;
  onChoose: (chosen: Chosen) => void;
  onOrder: (order: string) => void;
  onWidth: (columns: Column[], done: boolean) => void;
  onMore: () => void;
}

function List(props: ListProps) {
  const { kind, title, rows, columns, more, chosen, onChoose, onMore } = props;
  const { t } = useTranslation();
  const navigate = useNavigate();
  const place = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(-1);
  const ids = useMemo(() => rows.map((row) => row.id), [rows]);
  const cell = useCell(props.about);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used only in this render
  const list = useVirtualizer({
    count: rows.length + 1,
    estimateSize: () => ROW,
    getScrollElement: () => place.current,
    overscan: 10,
    scrollPaddingStart: 34,
  });
  const shown = list.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - AHEAD) onMore();
  }, [more, last, rows.length, onMore]);
  useEffect(() => {
    if (performance.getEntriesByName("table-asked").length === 0) return undefined;
    return whenPainted(() => {
      performance.measure("table-shown", "table-asked");
      performance.clearMarks("table-asked");
    });
  }, []);

  useEffect(() => {
    // Its keys are there at once; nobody asked for a ring around the whole list.
    const list = place.current;
    if (!isNowhere() || list === null) return;
    list.dataset.quiet = "true";
    list.focus({ preventScroll: true });
  }, []);

  const go = (step: number, extending = false) => {
    const next = Math.max(0, Math.min(rows.length - 1, at + step));
    if (extending) onChoose(extend(chosen, ids, next, Math.max(at, 0)));
    setAt(next);
    list.scrollToIndex(next);
  };
  const open = () => {
    const row = rows[at];
    if (row) void navigate({ to: cardPath({ entity: kind, id: row.id }) });
  };
  useKeys({
    j: () => {
      go(1);
    },
    k: () => {
      go(-1);
    },
    ArrowDown: () => {
      go(1);
    },
    ArrowUp: () => {
      go(-1);
    },
    ...(at >= 0 ? { Enter: open } : {}),
    ...(at >= 0
      ? {
          " ": () => {
            onChoose(toggle(chosen, ids, at));
          },
        }
      : {}),
    ...(chosen.ids.size > 0
      ? {
          Escape: () => {
            onChoose(NOTHING);
          },
        }
      : {}),
  });
  // With Shift and Ctrl, which the page's own keys do not know.
  const pressed = (event: KeyboardEvent) => {
    if (event.shiftKey && event.key === "ArrowDown") go(1, true);
    else if (event.shiftKey && event.key === "ArrowUp") go(-1, true);
    else if ((event.ctrlKey || event.metaKey) && event.code === "KeyA") {
      // Once more: what is not loaded too.
      onChoose(everything(ids, more && chosen.ids.size >= ids.length));
    } else if (event.key === "PageDown") go(10);
    else if (event.key === "PageUp") go(-10);
    else if (event.key === "Home") go(-rows.length);
    else if (event.key === "End") go(rows.length);
    else return;
    event.preventDefault();
  };
  const clicked = (index: number) => (event: MouseEvent) => {
    event.stopPropagation();
    onChoose(event.shiftKey ? extend(chosen, ids, index, index) : toggle(chosen, ids, index));
    setAt(index);
  };
  const grid = {
    gridTemplateColumns: `28px ${columns.map((each) => `${String(each.width)}px`).join(" ")} 1fr`,
  };
  const wide = 28 + columns.reduce((sum, each) => sum + each.width, 0) + 12 * (columns.length + 1) + 72;
  return (
    <div
      className={css.list}
      role="table"
      aria-label={title}
      aria-rowcount={more ? -1 : rows.length + 1}
      aria-colcount={columns.length + 1}
      ref={place}
      tabIndex={0}
      data-home
      onKeyDown={pressed}
      onBlur={(event) => {
        delete event.currentTarget.dataset.quiet;
      }}
    >
      <div role="rowgroup" className={css.top} style={{ minWidth: wide }}>
        <div className={css.head} role="row" style={grid}>
          <span role="columnheader">
            <input
              type="checkbox"
              className={css.box}
              aria-label={t("table.chooseAll")}
              checked={rows.length > 0 && chosen.ids.size >= rows.length}
              onChange={(event) => {
                onChoose(event.currentTarget.checked ? everything(ids, false) : NOTHING);
              }}
            />
          </span>
          {columns.map((each) => (
            <Head key={each.id} column={each} {...props} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className={css.tall} style={{ height: list.getTotalSize(), minWidth: wide }}>
        {shown.map((item) => {
          const row = rows[item.index];
          return (
            <div
              key={row?.id ?? "end"}
              role="row"
              aria-rowindex={item.index + 2}
              className={css.row}
              data-at={item.index === at}
              data-chosen={row !== undefined && (chosen.all || chosen.ids.has(row.id))}
              style={{ ...grid, transform: `translateY(${String(item.start)}px)` }}
            >
              {row ? (
                <>
                  <span role="cell" className={css.check} onClick={clicked(item.index)}>
                    <input
                      type="checkbox"
                      className={css.box}
                      tabIndex={-1}
                      readOnly
                      aria-label={t("table.choose", { name: row.name })}
                      checked={chosen.all || chosen.ids.has(row.id)}
                    />
                  </span>
                  <Cells kind={kind} row={row} columns={columns} cell={cell} />
                </>
              ) : (
                <span role="cell" className={css.end}>
                  {more ? t("table.loadingMore") : t("table.end")}
                </span>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface CellsProps {
  kind: Kind;
  row: CardRow;
  columns: Column[];
  cell: (row: CardRow, id: string) => React.ReactNode;
}

/** Made once for a row: scrolling and going through the list make only what is new. */
const Cells = memo(function Cells({ kind, row, columns, cell }: CellsProps) {
  return columns.map((each) => (
    <span
      key={each.id}
      role="cell"
      className={each.id === "name" ? css.name : RIGHT.has(each.id) ? css.right : undefined}
    >
      {each.id === "name" ? <Name kind={kind} row={row} /> : cell(row, each.id)}
    </span>
  ));
});

const RIGHT = new Set(["price", "next_price", "ltv", "purchases_count", "id"]);

function Name({ kind, row }: { kind: Kind; row: CardRow }) {
  const { t } = useTranslation();
  return (
    <>
      {(kind === "contacts" || kind === "companies") && (
        <Initials name={row.name} size={26} square={kind === "companies"} />
      )}
      <Link to={cardPath({ entity: kind, id: row.id })} className={css.link} tabIndex={-1} preload={false}>
        {row.name === "" ? t("table.unnamed") : row.name}
      </Link>
    </>
  );
}

/** The head of a column: a click sorts where an index can, its right edge is drawn or moved by arrows. */
function Head({
  kind,
  column,
  columns,
  about: seen,
  order,
  onOrder,
  onWidth,
}: ListProps & { column: Column }) {
  const { t } = useTranslation();
  const drawn = useRef<{ x: number; width: number } | undefined>(undefined);
  const heads = useHeads(seen);
  const text = kind === "contacts" && column.id === "name" ? t("contacts.name") : heads(column.id);
  const ways = seen?.sorted ?? [];
  const now = order ?? "-updated_at";
  const sorted = now.replace(/^-/, "") === column.id;
  const width = (next: number, done: boolean) => {
    onWidth(widened(columns, column.id, next), done);
  };
  return (
    <span
      role="columnheader"
      className={css.column}
      {...(ways.includes(column.id)
        ? { "aria-sort": sorted ? (now.startsWith("-") ? "descending" : "ascending") : "none" }
        : {})}
    >
      {ways.includes(column.id) ? (
        <button
          type="button"
          className={css.sort}
          title={t("table.sorted", { name: text })}
          onClick={() => {
            onOrder(turned(sorted ? now : undefined, column.id));
          }}
        >
          <span className={css.word}>{text}</span>
          {sorted && (now.startsWith("-") ? <ArrowDown size={13} /> : <ArrowUp size={13} />)}
        </button>
      ) : (
        <span className={css.word}>{text}</span>
      )}
      <span
        role="separator"
        aria-orientation="vertical"
        aria-label={t("table.width", { name: text })}
        aria-valuenow={column.width}
        aria-valuemin={NARROWEST}
        aria-valuemax={WIDEST}
        tabIndex={0}
        className={css.edge}
        onKeyDown={(event) => {
          const step = event.key === "ArrowRight" ? STEP : event.key === "ArrowLeft" ? -STEP : 0;
          if (step === 0) return;
          event.preventDefault();
          event.stopPropagation();
          width(column.width + step, true);
        }}
        onPointerDown={(event) => {
          drawn.current = { x: event.clientX, width: column.width };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (drawn.current) width(drawn.current.width + event.clientX - drawn.current.x, false);
        }}
        onPointerUp={(event) => {
          if (drawn.current) width(drawn.current.width + event.clientX - drawn.current.x, true);
          drawn.current = undefined;
        }}
      />
    </span>
  );
}

/** What stands over a column; a custom field has its own name. */
export function useHeads(seen: About | undefined): (id: string) => string {
  const { t } = useTranslation();
  return (id) =>
    id.startsWith("f") && /^f\d+$/.test(id)
      ? (seen?.fields.find((field) => `f${String(field.id)}` === id)?.name ?? "")
      : t(`table.column.${id as "name"}`);
}

function useCell(seen: About | undefined): (row: CardRow, id: string) => React.ReactNode {
  const ownerOf = useOwners();
  const times = useTimes();
  const statuses = useMemo(() => {
    const places = new Map<string, { name: string; pipeline: string; color: string | null }>();
    for (const pipeline of seen?.pipelines ?? []) {
      for (const { id, name, color } of pipeline.statuses) {
        places.set(`${String(pipeline.id)}/${String(id)}`, { name, pipeline: pipeline.name, color });
      }
    }
    for (const { id, name, color } of seen?.statuses ?? []) {
      places.set(`0/${String(id)}`, { name, pipeline: "", color });
    }
    return places;
  }, [seen]);
  const types = useMemo(
    () => new Map(seen?.fields.map((field) => [`f${String(field.id)}`, field.type])),
    [seen],
  );
  return useCallback(
    (row, id) => {
      const { ago, day, moment, money, number } = times;
      const status = () => statuses.get(`${String(row.pipeline_id ?? 0)}/${String(row.status_id ?? 0)}`);
      switch (id) {
        case "id":
          return row.id;
        case "phone":
          return <span className={css.number}>{row.phone}</span>;
        case "email":
          return row.email;
        case "company":
          return row.company?.name;
        case "contact":
          return row.contact?.name;
        case "owner":
          return ownerOf(row.owner);
        case "tags":
          return row.tags.map((tag) => (
            <span key={tag.id} className={css.tag}>
              {tag.name}
            </span>
          ));
        case "status": {
          const found = status();
          return (
            found && (
              <span className={css.status}>
                <i style={{ background: found.color ?? "transparent" }} />
                {found.name}
              </span>
            )
          );
        }
        case "pipeline":
          return status()?.pipeline;
        case "price":
        case "next_price":
        case "ltv":
          return row[id] ? money(row[id]) : "";
        case "purchases_count":
          return row[id] ? number(row[id]) : "";
        case "task_at":
        case "closed_at":
          return row[id] ? <span className={css.dim}>{moment(row[id])}</span> : "";
        case "next_date":
          return row[id] ? day(row[id]) : "";
        case "created_at":
          return <span className={css.dim}>{moment(row.created_at)}</span>;
        case "updated_at":
          return <span className={css.dim}>{ago(row.updated_at)}</span>;
        default: {
          const dates = ["date", "date_time", "birthday"].includes(types.get(id) ?? "");
          const values = row.fields[id.slice(1)] ?? [];
          return values
            .map((value) => (dates && typeof value === "number" ? day(value) : String(value)))
            .join(", ");
        }
      }
    },
    [ownerOf, times, statuses, types],
  );
}
