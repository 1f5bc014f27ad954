import { expect, test } from "vitest";
import { dayOf, filtersOf, rangeOf, startOf, summaryWordsOf, wordsOf } from "./filters";

const MOSCOW = "Europe/Moscow";
const NOON = Date.parse("2026-11-20T12:00:00+03:00") / 1000;
const at = (moment: string) => Date.parse(moment) / 1000;

test("what cannot be meant in an address is left out", () => {
  expect(
    filtersOf({
      user: "7",
      line: 74950000001,
      direction: "up",
      missed: "yes",
      owed: true,
      length: "minute",
      number: "  ",
      period: "year",
      from: "2026-11-31x",
      to: "2026-11-20",
      more: 1,
    }),
  ).toEqual({ user: 7, line: "74950000001", owed: true, length: "minute", to: "2026-11-20" });
  expect(filtersOf({})).toEqual({});
});

test("filters as the server takes them", () => {
  expect(wordsOf({}, MOSCOW, NOON)).toBe("");
  expect(wordsOf({ user: 7, missed: true, length: "short", number: "+7 916" }, MOSCOW, NOON)).toBe(
    "user=7&missed=1&number=%2B7+916&longest=9",
  );
});

test.each([
  ["today", "2026-11-20T00:00:00+03:00", "2026-11-20T23:59:59+03:00"],
  ["yesterday", "2026-11-19T00:00:00+03:00", "2026-11-19T23:59:59+03:00"],
  ["week", "2026-11-14T00:00:00+03:00", "2026-11-20T23:59:59+03:00"],
  ["month", "2026-10-22T00:00:00+03:00", "2026-11-20T23:59:59+03:00"],
] as const)("%s", (period, low, high) => {
  expect(rangeOf({ period }, MOSCOW, NOON)).toEqual({ low: at(low), high: at(high) });
});

test("days of one's own, open at either end", () => {
  expect(rangeOf({ from: "2026-11-01" }, MOSCOW, NOON)).toEqual({ low: at("2026-11-01T00:00:00+03:00") });
  expect(rangeOf({ to: "2026-11-01" }, MOSCOW, NOON)).toEqual({ high: at("2026-11-01T23:59:59+03:00") });
});

test("a day begins when its own clock says so, also on the day when clocks change", () => {
  expect(startOf("2026-03-29", "Europe/Berlin")).toBe(at("2026-03-29T00:00:00+01:00"));
  expect(startOf("2026-03-30", "Europe/Berlin")).toBe(at("2026-03-30T00:00:00+02:00"));
  expect(startOf("2026-10-25", "Europe/Berlin")).toBe(at("2026-10-25T00:00:00+02:00"));
  expect(startOf("2026-01-01", "Asia/Vladivostok")).toBe(at("2026-01-01T00:00:00+10:00"));
  expect(dayOf(at("2026-01-01T00:30:00+10:00"), "Asia/Vladivostok")).toBe("2026-01-01");
});

test("charts have a week when no period is chosen", () => {
  const week = { low: at("2026-11-14T00:00:00+03:00"), high: at("2026-11-20T23:59:59+03:00") };
  expect(summaryWordsOf({ direction: "inbound" }, MOSCOW, NOON)).toBe(`from=${week.low}&to=${week.high}`);
  expect(summaryWordsOf({ user: 7, period: "today" }, MOSCOW, NOON)).toBe(
    `from=${at("2026-11-20T00:00:00+03:00")}&to=${week.high}&user=7`,
  );
});
