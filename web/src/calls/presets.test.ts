import { describe, expect, test } from "vitest";
import { dueAt, fieldOf, momentOf, ofField, type Preset, wallOf } from "./presets";

const at = (text: string) => Date.parse(text) / 1000;
const told = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16);

describe("when a task is due", () => {
  // A Friday, 01:30 in Moscow and still Thursday in UTC; 19:30 of Thursday in New York.
  const now = at("2026-11-19T22:31:20Z");
  test.each<[Preset, string, string]>([
    ["hour", "2026-11-19T23:35", "2026-11-19T23:35"],
    ["tomorrow", "2026-11-21T07:00", "2026-11-20T15:00"],
    ["three", "2026-11-23T07:00", "2026-11-22T15:00"],
    ["monday", "2026-11-23T07:00", "2026-11-23T15:00"],
    ["week", "2026-11-27T07:00", "2026-11-26T15:00"],
  ])("%s", (preset, moscow, newYork) => {
    expect(told(dueAt(preset, now, "Europe/Moscow"))).toBe(moscow);
    expect(told(dueAt(preset, now, "America/New_York"))).toBe(newYork);
  });

  test.each([
    ["2026-11-23T09:00:00Z", "2026-11-30T07:00"], // on a Monday: the next one
    ["2026-11-22T09:00:00Z", "2026-11-23T07:00"],
    ["2026-12-31T09:00:00Z", "2027-01-04T07:00"],
  ])("the Monday after %s", (now, due) => {
    expect(told(dueAt("monday", at(now), "Europe/Moscow"))).toBe(due);
  });

  test("ten in the morning is ten, though the clocks are put on", () => {
    expect(told(dueAt("tomorrow", at("2026-03-28T12:00:00Z"), "Europe/Berlin"))).toBe("2026-03-29T08:00");
    expect(told(dueAt("tomorrow", at("2026-10-24T12:00:00Z"), "Europe/Berlin"))).toBe("2026-10-25T09:00");
  });
});

test("a moment of any day is found again by its wall clock", () => {
  for (const zone of ["Europe/Moscow", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"]) {
    for (let moment = at("2026-01-01T00:00:00Z"); moment < at("2027-01-01T00:00:00Z"); moment += 457_200) {
      const wall = wallOf(moment, zone);
      expect(wallOf(momentOf(wall, zone), zone)).toEqual(wall);
    }
  }
});

test("a field for date and time", () => {
  const moment = at("2026-11-20T07:05:00Z");
  expect(fieldOf(moment, "Europe/Moscow")).toBe("2026-11-20T10:05");
  expect(ofField("2026-11-20T10:05", "Europe/Moscow")).toBe(moment);
  expect([ofField("", "UTC"), ofField("2026-11-20", "UTC"), ofField("x", "UTC")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
