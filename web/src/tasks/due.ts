// When a task is due, as people say it: in an hour, today, tomorrow, in three days, in a week; and how late it is.
export const PRESETS = ["hour", "today", "tomorrow", "threeDays", "week", "month"] as const;
export type Preset = (typeof PRESETS)[number];

/** Unix seconds. */
export const now = (): number => Date.now() / 1000;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAYS: Record<Exclude<Preset, "hour">, number> = {
  today: 0,
  tomorrow: 1,
  threeDays: 3,
  week: 7,
  month: 30,
};

/** The last second of a day means the whole day: that is how amoCRM's clients write it, too. */
export function dueOf(preset: Preset, now: number, timeZone: string): number {
  if (preset === "hour") return Math.ceil((now + HOUR) / (5 * MINUTE)) * 5 * MINUTE;
  return endOfDay(now, DAYS[preset], timeZone);
}

/** The last second of the day that is so many days from now there. A day may have 23 or 25 hours. */
export function endOfDay(now: number, days: number, timeZone: string): number {
  const [year = 0, month = 1, day = 1] = dayOf(now, timeZone).split("-").map(Number);
  return (
    momentOf(
      `${new Date(Date.UTC(year, month - 1, day + days + 1)).toISOString().slice(0, 10)}T00:00`,
      timeZone,
    ) - 1
  );
}

/** `2026-11-20` there. */
export const dayOf = (seconds: number, timeZone: string): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    seconds * 1000,
  );

export const timeOf = (seconds: number, timeZone: string): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone, hour: "2-digit", minute: "2-digit" }).format(seconds * 1000);

/** Unix seconds of `2026-11-20T14:30` there. */
export function momentOf(local: string, timeZone: string): number {
  const meant = Date.parse(`${local}Z`) / 1000;
  // What the clocks there show at that moment of UTC says how far they are from it; once more where they change.
  const first = meant - offset(meant, timeZone);
  return meant - offset(first, timeZone);
}

function offset(seconds: number, timeZone: string): number {
  const shown = `${dayOf(seconds, timeZone)}T${timeOf(seconds, timeZone)}:00Z`;
  return Date.parse(shown) / 1000 - Math.floor(seconds / MINUTE) * MINUTE;
}

/** Whether it is for a day and for no time of it. */
export const isWholeDay = (due: number, timeZone: string): boolean => timeOf(due, timeZone) === "23:59";

export type Part = "overdue" | "today" | "tomorrow" | "later";

export function partOf(due: number, now: number, days: { tomorrow: number; after: number }): Part {
  if (due < now) return "overdue";
  if (due < days.tomorrow) return "today";
  return due < days.after ? "tomorrow" : "later";
}
