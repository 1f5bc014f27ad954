// When the next task is due, in the company's time zone: an hour from now, or ten in the morning of a day.
export const PRESETS = ["hour", "tomorrow", "three", "monday", "week"] as const;
export type Preset = (typeof PRESETS)[number];

const MORNING = 10; // o'clock
const ROUND = 5 * 60; // seconds: nobody means 14:03:27
const DAY = 86_400;
const MONDAY = 1;

interface Wall {
  year: number;
  month: number; // 1 is January
  day: number;
  hour: number;
  minute: number;
}

/** What clocks and calendars in a zone show at a moment. */
export function wallOf(seconds: number, timeZone: string): Wall {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  }).formatToParts(seconds * 1000);
  const of = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  return { year: of("year"), month: of("month"), day: of("day"), hour: of("hour"), minute: of("minute") };
}

const asIfUtc = ({ year, month, day, hour, minute }: Wall): number =>
  Date.UTC(year, month - 1, day, hour, minute) / 1000;

/** The moment at which clocks in a zone show this. Where they are put forward over it, a little later. */
export function momentOf(wall: Wall, timeZone: string): number {
  const wanted = asIfUtc(wall);
  let found = wanted;
  for (let tries = 0; tries < 3; tries++) found += wanted - asIfUtc(wallOf(found, timeZone));
  return found;
}

export function dueAt(preset: Preset, now: number, timeZone: string): number {
  if (preset === "hour") return Math.ceil((now + 3600) / ROUND) * ROUND;
  const today = wallOf(now, timeZone);
  return momentOf({ ...today, day: today.day + daysTo(preset, today), hour: MORNING, minute: 0 }, timeZone);
}

function daysTo(preset: Exclude<Preset, "hour">, today: Wall): number {
  const weekday = new Date(asIfUtc(today) * 1000).getUTCDay();
  switch (preset) {
    case "tomorrow":
      return 1;
    case "three":
      return 3;
    case "monday":
      return (MONDAY - weekday + 7) % 7 || 7;
    case "week":
      return 7;
  }
}

/** What a field for a date and a time shows, and what it means. */
export function fieldOf(seconds: number, timeZone: string): string {
  return new Date(asIfUtc(wallOf(seconds, timeZone)) * 1000).toISOString().slice(0, 16);
}

export function ofField(text: string, timeZone: string): number | undefined {
  const found = /^(\d{4,6})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1).map(Number);
  const moment = momentOf({ year, month, day, hour, minute }, timeZone);
  return Number.isFinite(moment) && moment > 0 && moment < 100 * 365 * DAY * 2 ? moment : undefined;
}
