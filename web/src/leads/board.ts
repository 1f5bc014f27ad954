// What stands on a board and how it moves: nothing here knows of the page. A lead stands in one column at most.
import { queryOptions } from "@tanstack/react-query";
import { get } from "../api/client";
import { type Filter, type Named, type Pipeline, queryOf, type Tag, without } from "../api/table";

export const WON = 142;
export const LOST = 143;
export const UNSORTED = 1; // the type of a status

export interface Lead extends Named {
  price: number;
  owner: number;
  status_id: number;
  created_at: number;
  updated_at: number;
  task_at: number | null;
  tags: Tag[];
  contact: Named | null;
  company: Named | null;
}
export interface Column {
  ids: readonly number[];
  after: string | null; // none: that is all
  asked: boolean; // its first piece is here
}
export interface Board {
  leads: ReadonlyMap<number, Lead>;
  columns: ReadonlyMap<number, Column>;
}
export interface Layout {
  pipelines: Pipeline[];
  loss_reasons: Named[];
}
export interface Count {
  status_id: number;
  count: number;
  sum: number;
  more: boolean;
}

export const layout = queryOptions({
  queryKey: ["board", "layout"],
  queryFn: () => get<Layout>("/desk/board"),
});
const narrow = (filter: Filter, timeZone: string, more: Record<string, string> = {}): string =>
  queryOf(without(filter, "pipeline", "status", "order"), timeZone, more);
export const counts = (pipeline: number, filter: Filter, timeZone: string) =>
  queryOptions({
    queryKey: ["board", "counts", pipeline, filter],
    queryFn: async () =>
      (await get<{ columns: Count[] }>(`/desk/board/${String(pipeline)}/counts?${narrow(filter, timeZone)}`))
        .columns,
    placeholderData: (before) => before,
  });
export const pieceOf = (
  pipeline: number,
  status: number,
  filter: Filter,
  timeZone: string,
  after: string | null,
) =>
  get<{ leads: Lead[]; after: string | null }>(
    `/desk/board/${String(pipeline)}/statuses/${String(status)}?${narrow(filter, timeZone, after === null ? {} : { after })}`,
  );
export const someOf = (pipeline: number, filter: Filter, timeZone: string, ids: number[]) =>
  get<{ leads: Lead[] }>(
    `/desk/board/${String(pipeline)}/leads?${narrow(filter, timeZone, { ids: ids.join(",") })}`,
  );

export const NO_BOARD: Board = { leads: new Map(), columns: new Map() };
const NO_COLUMN: Column = { ids: [], after: null, asked: false };
export const columnOf = (board: Board, status: number): Column => board.columns.get(status) ?? NO_COLUMN;

export interface Place {
  status: number;
  index: number;
}

export function placeOf(board: Board, id: number): Place | undefined {
  const lead = board.leads.get(id);
  if (!lead) return undefined;
  const index = columnOf(board, lead.status_id).ids.indexOf(id);
  return index < 0 ? undefined : { status: lead.status_id, index };
}

const withColumn = (board: Board, status: number, column: Column): Board => ({
  ...board,
  columns: new Map(board.columns).set(status, column),
});
const withLead = (board: Board, lead: Lead): Board => ({
  ...board,
  leads: new Map(board.leads).set(lead.id, lead),
});

/** A piece of a column comes below what is there; what was moved meanwhile stays where it is. */
export function loaded(board: Board, status: number, leads: readonly Lead[], after: string | null): Board {
  const fresh = leads.filter((lead) => lead.status_id === status && placeOf(board, lead.id) === undefined);
  const known = new Map(board.leads);
  for (const lead of fresh) known.set(lead.id, lead);
  const { ids } = columnOf(board, status);
  return withColumn({ ...board, leads: known }, status, {
    ids: [...ids, ...fresh.map((lead) => lead.id)],
    after,
    asked: true,
  });
}

/** To a column, on top unless a place is told. */
export function moved(board: Board, id: number, status: number, index = 0): Board {
  const lead = board.leads.get(id);
  if (!lead) return board;
  const left = withoutIn(board, id);
  const column = columnOf(left, status);
  const ids = [...column.ids];
  ids.splice(Math.min(index, ids.length), 0, id);
  return withColumn(withLead(left, { ...lead, status_id: status }), status, { ...column, ids });
}

function withoutIn(board: Board, id: number): Board {
  const place = placeOf(board, id);
  if (!place) return board;
  const column = columnOf(board, place.status);
  return withColumn(board, place.status, { ...column, ids: column.ids.filter((each) => each !== id) });
}

/** As it is now: changed in its place, or on top of the column that it has come to. */
export function put(board: Board, lead: Lead): Board {
  const place = placeOf(board, lead.id);
  if (place?.status === lead.status_id) return withLead(board, lead);
  if (!place && !columnOf(board, lead.status_id).asked) return board; // it comes with the first piece
  return moved(withLead(withoutIn(board, lead.id), lead), lead.id, lead.status_id);
}

export function gone(board: Board, id: number): Board {
  if (!board.leads.has(id)) return board;
  const left = withoutIn(board, id);
  const leads = new Map(left.leads);
  leads.delete(id);
  return { ...left, leads };
}

/** Counts and sums as they are with a lead moved, until the server has told them. */
export const recounted = (found: Count[], lead: Lead, from: number, to: number): Count[] =>
  found.map((each) => {
    const by = (each.status_id === to ? 1 : 0) - (each.status_id === from ? 1 : 0);
    return by === 0 ? each : { ...each, count: each.count + by, sum: each.sum + by * lead.price };
  });

/** The next column that takes a lead, to the right (1) or left (-1); where it comes from always takes it back. */
export function nextTaking(
  statuses: readonly { id: number; takes?: boolean }[],
  now: number,
  by: 1 | -1,
  from: number,
): number {
  let place = statuses.findIndex((each) => each.id === now) + by;
  while (place >= 0 && place < statuses.length) {
    const status = statuses[place];
    if (status && (status.takes === true || status.id === from)) return status.id;
    place += by;
  }
  return now;
}
