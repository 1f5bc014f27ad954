// Working hours as people write them: "9:00-13:00, 14:00-18:00"; an empty text is a day off.
import type { Span } from "./routing";

const SPAN = /^(\d{1,2})(?::(\d{2}))?\s*[-–—]\s*(\d{1,2})(?::(\d{2}))?$/;
const DATE = /^(\d{4}-\d{2}-\d{2})(?:\s+(.*))?$/;
const LAST = 24 * 60;

const told = (minutes: number): string =>
  `${String(Math.floor(minutes / 60))}:${String(minutes % 60).padStart(2, "0")}`;

export const spansText = (spans: readonly Span[]): string =>
  spans.map(([from, to]) => `${told(from)}–${told(to)}`).join(", ");

/** null: it cannot be read. */
export function spansOf(text: string): Span[] | null {
  const found: Span[] = [];
  for (const part of text.split(/[,;]/).map((each) => each.trim())) {
    if (part === "") continue;
    const read = SPAN.exec(part);
    if (read === null) return null;
    const [, h1 = "", m1 = "0", h2 = "", m2 = "0"] = read;
    const [from, to] = [Number(h1) * 60 + Number(m1), Number(h2) * 60 + Number(m2)];
    if (Number(m1) > 59 || Number(m2) > 59 || from >= LAST || to > LAST || from === to) return null;
    found.push([from, to]);
  }
  return found;
}

export const holidaysText = (holidays: Readonly<Record<string, Span[]>>): string =>
  Object.entries(holidays)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([day, spans]) => `${day} ${spansText(spans)}`.trim())
    .join("\n");

/** A line for each: the date, then its hours when it has some. The text of the first line that cannot be read else. */
export function holidaysOf(text: string): Record<string, Span[]> | string {
  const found: Record<string, Span[]> = {};
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const [, day = "", rest = ""] = DATE.exec(line) ?? [];
    const spans = spansOf(rest);
    if (day === "" || !isDate(day) || spans === null) return line;
    found[day] = spans;
  }
  return found;
}

function isDate(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

/** The days of the week that go alike stand together: [[0, 1, 2, 3, 4], [5, 6]]. */
export function alike(week: readonly Span[][]): number[][] {
  const groups: number[][] = [];
  week.forEach((spans, day) => {
    const last = groups.at(-1);
    const before = last === undefined ? undefined : week[last[0] ?? 0];
    if (last !== undefined && spansText(before ?? []) === spansText(spans)) last.push(day);
    else groups.push([day]);
  });
  return groups;
}
