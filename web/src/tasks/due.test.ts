import { expect, test } from "vitest";
import { dayOf, dueOf, endOfDay, isWholeDay, momentOf, partOf, type Preset, timeOf } from "./due";

const at = (text: string): number => Date.parse(text) / 1000;
const told = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19);

test.each<[Preset, string]>([
  ["hour", "2026-11-20T20:30:00"],
  ["today", "2026-11-20T20:59:59"],
  ["tomorrow", "2026-11-21T20:59:59"],
  ["threeDays", "2026-11-23T20:59:59"],
  ["week", "2026-11-27T20:59:59"],
  ["month", "2026-12-20T20:59:59"],
])("%s", (preset, due) => {
  expect(told(dueOf(preset, at("2026-11-20T19:26:40Z"), "Europe/Moscow"))).toBe(due);
});

test("late in the evening it is tomorrow there already", () => {
  expect(told(endOfDay(at("2026-11-20T22:00:00Z"), 0, "Europe/Moscow"))).toBe("2026-11-21T20:59:59");
});

test("a day on which the clocks change ends when it ends there", () => {
  expect(told(endOfDay(at("2026-10-25T12:00:00Z"), 0, "Europe/Berlin"))).toBe("2026-10-25T22:59:59");
  expect(told(endOfDay(at("2026-10-24T12:00:00Z"), 0, "Europe/Berlin"))).toBe("2026-10-24T21:59:59");
});

test.each([
  ["2026-07-01T14:30", "Europe/Berlin", "2026-07-01T12:30:00"],
  ["2026-12-01T14:30", "Europe/Berlin", "2026-12-01T13:30:00"],
  ["2026-11-20T00:00", "Asia/Kolkata", "2026-11-19T18:30:00"],
  ["2026-11-20T00:00", "America/New_York", "2026-11-20T05:00:00"],
])("%s in %s", (local, zone, moment) => {
  const seconds = momentOf(local, zone);
  expect(told(seconds)).toBe(moment);
  expect(`${dayOf(seconds, zone)}T${timeOf(seconds, zone)}`).toBe(local);
});

test("a whole day is told from a time of it", () => {
  expect(isWholeDay(at("2026-11-20T20:59:59Z"), "Europe/Moscow")).toBe(true);
  expect(isWholeDay(at("2026-11-20T20:59:59Z"), "UTC")).toBe(false);
});

test("late, today, tomorrow, later", () => {
  const days = { tomorrow: 200, after: 300 };
  expect([99, 100, 199, 200, 299, 300].map((due) => partOf(due, 100, days))).toEqual([
    "overdue",
    "today",
    "today",
    "tomorrow",
    "tomorrow",
    "later",
  ]);
});
