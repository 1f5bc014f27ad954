// What of the calls is shown, as it stands in the address of the page and as the server is asked for it.
import type { Direction } from "../api/calls";

export type Period = "today" | "yesterday" | "week" | "month";
export type Length = "short" | "minute" | "five" | "quarter";

export interface Filters {
  user?: number;
  line?: string;
  direction?: Direction;
  missed?: true;
  owed?: true;
  recorded?: true;
  length?: Length;
  number?: string;
  period?: Period;
  from?: string; // days, as 2026-11-20
  to?: string;
  charts?: true;
}

export const DIRECTIONS = ["inbound", "outbound", "internal"] as const;
export const PERIODS = ["today", "yesterday", "week", "month"] as const;
export const LENGTHS: Record<Length, string> = {
  short: "longest=9",
  minute: "shortest=60",
  five: "shortest=300",
  quarter: "shortest=900",
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LONGEST_WORD = 60;

/** From an address that anybody may have written: what cannot be meant is left out. */
export function filtersOf(search: Record<string, unknown>): Filters {
  const word = (name: string): string | undefined => {
    const value = search[name];
    const text = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
    return text === "" ? undefined : text.slice(0, LONGEST_WORD);
  };
  const one = <T extends string>(name: string, of: readonly T[]): T | undefined =>
    of.find((each) => each === search[name]);
  const day = (name: string): string | undefined => {
    const text = word(name);
    return text !== undefined && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
  };
  const user = Number(search.user);
  const found: { [Name in keyof Filters]: Filters[Name] | undefined } = {
    user: Number.isSafeInteger(user) && user > 0 ? user : undefined,
    line: word("line"),
    direction: one("direction", DIRECTIONS),
    missed: search.missed === true ? true : undefined,
    owed: search.owed === true ? true : undefined,
    recorded: search.recorded === true ? true : undefined,
    length: one("length", Object.keys(LENGTHS) as Length[]),
    number: word("number"),
    period: one("period", PERIODS),
    from: day("from"),
    to: day("to"),
    charts: search.charts === true ? true : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** As `/desk/calls` takes them. */
export function wordsOf(filters: Filters, zone: string, now: number): string {
  const { low, high } = rangeOf(filters, zone, now);
  const words = new URLSearchParams();
  const put = (name: string, value: string | number | undefined) => {
    if (value !== undefined) words.set(name, String(value));
  };
  put("user", filters.user);
  put("line", filters.line);
  put("direction", filters.direction);
  for (const name of ["missed", "owed", "recorded"] as const) put(name, filters[name] && 1);
  put("number", filters.number);
  put("from", low);
  put("to", high);
  const length = filters.length === undefined ? "" : `&${LENGTHS[filters.length]}`;
  return words.toString() + length;
}

/** What the charts are asked for: they always have a period, a week when none is chosen. */
export function summaryWordsOf(filters: Filters, zone: string, now: number): string {
  const { low, high } = rangeOf(filters, zone, now);
  const week = rangeOf({ period: "week" }, zone, now);
  const words = new URLSearchParams({
    from: String(low ?? (high === undefined ? week.low : 0)),
    to: String(high ?? week.high),
  });
  if (filters.user !== undefined) words.set("user", String(filters.user));
  if (filters.line !== undefined) words.set("line", filters.line);
  return words.toString();
}

export function isFiltered(filters: Filters): boolean {
  return Object.keys(filters).some((name) => name !== "charts");
}

/** The first and the last second of what is chosen, in the company's own days. */
export function rangeOf(
  { period, from, to }: Filters,
  zone: string,
  now: number,
): { low?: number; high?: number } {
  const today = dayOf(now, zone);
  const days: Record<Period, [string, string]> = {
    today: [today, today],
    yesterday: [later(today, -1), later(today, -1)],
    week: [later(today, -6), today],
    month: [later(today, -29), today],
  };
  const [first, last] = period === undefined ? [from, to] : days[period];
  return {
    ...(first === undefined ? {} : { low: startOf(first, zone) }),
    ...(last === undefined ? {} : { high: startOf(later(last, 1), zone) - 1 }),
  };
}

export function dayOf(seconds: number, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(seconds * 1000);
}

export function later(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** When a day begins there. */
export function startOf(day: string, zone: string): number {
  const asIfUtc = Date.parse(day) / 1000;
  // The clock is another before and after a change of it, so what was found is looked at once more.
  const near = asIfUtc - offset(asIfUtc, zone);
  return asIfUtc - offset(near, zone);
}

function offset(seconds: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(seconds * 1000);
  const at = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const shown = Date.UTC(at("year"), at("month") - 1, at("day"), at("hour"), at("minute"), at("second"));
  return shown / 1000 - seconds;
}
