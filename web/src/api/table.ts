// What a table of cards is: its filter in the address, its columns, its selection. Nothing here knows of the page.
import { queryOptions } from "@tanstack/react-query";
import { get } from "./client";

export type Kind = "contacts" | "companies" | "leads" | "customers";
export const NUMBERS: Record<Kind, number> = { contacts: 1, leads: 2, companies: 3, customers: 12 };

export interface Named {
  id: number;
  name: string;
}
export interface Tag extends Named {
  color: string | null;
}
export interface Status extends Tag {
  type: number;
  takes?: boolean;
}
export interface Pipeline extends Named {
  is_main: boolean;
  statuses: Status[];
}
export interface CardRow extends Named {
  owner: number;
  created_at: number;
  updated_at: number;
  task_at: number | null;
  tags: Tag[];
  phone: string | null;
  email: string | null;
  company?: Named | null;
  contact?: Named | null;
  price?: number;
  pipeline_id?: number;
  status_id?: number;
  closed_at?: number | null;
  next_price?: number;
  next_date?: number;
  ltv?: number;
  purchases_count?: number;
  fields: Record<string, unknown[]>;
}
export interface Column {
  id: string;
  width: number;
}
export interface Field {
  id: number;
  name: string;
  code: string | null;
  type: string;
}
export interface SavedFilter extends Named {
  filter: Filter;
  is_shared: boolean;
  is_mine: boolean;
}
export interface About {
  columns: Column[] | null;
  filters: SavedFilter[];
  sorted: string[];
  fields: Field[];
  pipelines: Pipeline[];
  statuses: Status[];
  may: { add: boolean; edit: boolean; delete: boolean; export: boolean };
}
export interface Rows {
  rows: CardRow[];
  after: string | null;
}

export const about = (kind: Kind) =>
  queryOptions({
    queryKey: ["table", kind, "about"],
    queryFn: () => get<About>(`/desk/table/${kind}/about`),
  });
export const tagsOf = (kind: Kind) =>
  queryOptions({
    queryKey: ["tags", kind],
    queryFn: async () =>
      (await get<{ _embedded: { tags: Tag[] } } | undefined>(`/api/v4/${kind}/tags?limit=250`))?._embedded
        .tags ?? [],
  });

/** What stands in the address; nothing that is left out narrows anything. */
export interface Filter {
  q?: string;
  owner?: number[];
  tag?: number[];
  from?: string; // a day, 2026-11-20
  to?: string;
  least?: number; // the sum
  most?: number;
  pipeline?: number;
  status?: number[];
  order?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LONGEST = 200;

/** An address may say anything: only what can be meant is kept. */
export function filterOf(search: Record<string, unknown>): Filter {
  const found: Filter = {};
  const q = typeof search.q === "number" ? String(search.q) : search.q;
  if (typeof q === "string" && q.trim() !== "") found.q = q.slice(0, LONGEST);
  for (const name of ["owner", "tag", "status"] as const) {
    const ids = numbersOf(search[name]);
    if (ids.length > 0) found[name] = ids;
  }
  for (const name of ["from", "to"] as const) {
    const day = search[name];
    if (typeof day === "string" && DAY.test(day) && !Number.isNaN(Date.parse(day))) found[name] = day;
  }
  for (const name of ["least", "most", "pipeline"] as const) {
    const value = search[name];
    if (typeof value === "number" && Number.isSafeInteger(value)) found[name] = value;
  }
  if (typeof search.order === "string" && /^-?[a-z_]+$/.test(search.order)) found.order = search.order;
  return found;
}

const numbersOf = (value: unknown): number[] =>
  (Array.isArray(value) ? value : [value]).filter(
    (each): each is number => typeof each === "number" && Number.isSafeInteger(each) && each > 0,
  );

export const isNarrow = (filter: Filter): boolean =>
  Object.entries(filter).some(([name, value]) => name !== "order" && value !== undefined);

/** The filter without these. */
export function without(filter: Filter, ...names: (keyof Filter)[]): Filter {
  return Object.fromEntries(Object.entries(filter).filter(([name]) => !names.includes(name as keyof Filter)));
}

/** The same for the server; days are those of the company. */
export function queryOf(filter: Filter, timeZone: string, more: Record<string, string> = {}): string {
  const query = new URLSearchParams();
  if (filter.q !== undefined) query.set("query", filter.q);
  for (const name of ["owner", "tag", "status"] as const) {
    if (filter[name]) query.set(name, filter[name].join(","));
  }
  if (filter.pipeline !== undefined) query.set("pipeline", String(filter.pipeline));
  if (filter.from !== undefined) query.set("created_at[from]", String(startOf(filter.from, timeZone)));
  if (filter.to !== undefined) query.set("created_at[to]", String(startOf(nextDay(filter.to), timeZone) - 1));
  if (filter.least !== undefined) query.set("price[from]", String(filter.least));
  if (filter.most !== undefined) query.set("price[to]", String(filter.most));
  if (filter.order !== undefined) query.set("order", filter.order);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query.toString();
}

const nextDay = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** When a day begins in a zone, in Unix seconds. */
export function startOf(day: string, timeZone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // The difference from UTC may change on that very day: the second look is right for almost all of them.
  const first = midnight - awayFrom(midnight, timeZone);
  return (midnight - awayFrom(first, timeZone)) / 1000;
}

function awayFrom(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const there = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return there - Math.floor(at / 1000) * 1000;
}

// Columns.

export const OF_KIND: Record<Kind, string[]> = {
  contacts: [
    "name",
    "phone",
    "email",
    "company",
    "owner",
    "tags",
    "task_at",
    "created_at",
    "updated_at",
    "id",
  ],
  companies: ["name", "phone", "email", "owner", "tags", "task_at", "created_at", "updated_at", "id"],
  leads: [
    "name",
    "status",
    "price",
    "contact",
    "company",
    "owner",
    "pipeline",
    "tags",
    "task_at",
    "created_at",
    "updated_at",
    "closed_at",
    "id",
  ],
  customers: [
    "name",
    "status",
    "next_price",
    "next_date",
    "contact",
    "company",
    "owner",
    "ltv",
    "purchases_count",
    "tags",
    "task_at",
    "created_at",
    "updated_at",
    "id",
  ],
};
const FIRST: Record<Kind, string[]> = {
  contacts: ["name", "phone", "email", "company", "owner", "updated_at"],
  companies: ["name", "phone", "email", "owner", "tags", "updated_at"],
  leads: ["name", "status", "price", "contact", "owner", "updated_at"],
  customers: ["name", "next_price", "next_date", "contact", "owner", "updated_at"],
};
const WIDTHS: Record<string, number> = {
  name: 240,
  phone: 145,
  email: 180,
  company: 170,
  contact: 180,
  owner: 140,
  status: 180,
  tags: 190,
  price: 120,
  next_price: 130,
  id: 100,
};
const WIDTH = 125;
export const NARROWEST = 80;
export const WIDEST = 900;

export const column = (id: string): Column => ({ id, width: WIDTHS[id] ?? WIDTH });

/** What is kept, without the fields that are there no more; the name always stands first. */
export function columnsOf(kind: Kind, kept: Column[] | null, fields: Field[]): Column[] {
  const real = new Set([...OF_KIND[kind], ...fields.map((field) => `f${String(field.id)}`)]);
  const found = (kept ?? FIRST[kind].map(column)).filter((each) => real.has(each.id));
  const name = found.find((each) => each.id === "name") ?? column("name");
  return [name, ...found.filter((each) => each.id !== "name")];
}

export const toggled = (columns: Column[], id: string): Column[] =>
  columns.some((each) => each.id === id)
    ? columns.filter((each) => each.id !== id || id === "name")
    : [...columns, column(id)];

export const widened = (columns: Column[], id: string, width: number): Column[] =>
  columns.map((each) =>
    each.id === id ? { id, width: Math.round(Math.max(NARROWEST, Math.min(WIDEST, width))) } : each,
  );

/** One place to the left (-1) or to the right; the name stays where it is. */
export function shifted(columns: Column[], id: string, by: -1 | 1): Column[] {
  const from = columns.findIndex((each) => each.id === id);
  const to = from + by;
  const one = columns[from];
  const other = columns[to];
  if (from < 1 || to < 1 || one === undefined || other === undefined) return columns;
  return columns.map((each, place) => (place === from ? other : place === to ? one : each));
}

/** From the greatest down first, then the other way, as most want it. */
export const turned = (order: string | undefined, by: string): string => (order === `-${by}` ? by : `-${by}`);

// The selection.

export interface Chosen {
  ids: ReadonlySet<number>;
  all: boolean; // everything that the filter lets through, also what is not loaded
  anchor: number; // the row from which Shift goes on; -1: none
}
export const NOTHING: Chosen = { ids: new Set(), all: false, anchor: -1 };

export function toggle(chosen: Chosen, ids: readonly number[], at: number): Chosen {
  const id = ids[at];
  if (id === undefined) return chosen;
  const next = new Set(chosen.ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, all: false, anchor: at };
}

/** From the anchor to this row, besides what was chosen. */
export function extend(chosen: Chosen, ids: readonly number[], at: number, from: number): Chosen {
  const anchor = chosen.anchor === -1 ? from : chosen.anchor;
  const [low, high] = anchor < at ? [anchor, at] : [at, anchor];
  return { ids: new Set([...chosen.ids, ...ids.slice(low, high + 1)]), all: false, anchor };
}

export const everything = (ids: readonly number[], all: boolean): Chosen => ({
  ids: new Set(ids),
  all,
  anchor: -1,
});
