import { describe, expect, test } from "vitest";
import { alike, holidaysOf, holidaysText, spansOf, spansText } from "./hours";

describe("hours of a day", () => {
  test.each([
    ["9:00-18:00", [[540, 1080]]],
    [
      "9-13, 14:30 – 18",
      [
        [540, 780],
        [870, 1080],
      ],
    ],
    ["22:00—6:00", [[1320, 360]]],
    ["0:00-24:00", [[0, 1440]]],
    ["", []],
    ["  ", []],
  ])("%s", (text, spans) => {
    expect(spansOf(text)).toEqual(spans);
    expect(spansOf(spansText(spans as [number, number][]))).toEqual(spans);
  });
  test.each(["9", "9-", "nine", "25-26", "9:70-10", "24:00-6:00", "9-9", "-1-5"])(
    "%s cannot be read",
    (text) => {
      expect(spansOf(text)).toBeNull();
    },
  );
});

describe("holidays", () => {
  test("a line each, in their order", () => {
    const found = holidaysOf("2027-01-01\n\n2026-12-31 10-15\n");
    expect(found).toEqual({ "2026-12-31": [[600, 900]], "2027-01-01": [] });
    expect(holidaysText(found as Record<string, [number, number][]>)).toBe(
      "2026-12-31 10:00–15:00\n2027-01-01",
    );
  });
  test.each(["31.12.2026", "2026-02-30", "2026-12-31 soon"])("%s is told as it stands", (line) => {
    expect(holidaysOf(`2026-01-01\n${line}`)).toBe(line);
  });
});

test("days that go alike stand together", () => {
  const work: [number, number][] = [[540, 1080]];
  expect(alike([work, work, work, work, work, [], []])).toEqual([
    [0, 1, 2, 3, 4],
    [5, 6],
  ]);
  expect(alike([work, [], work])).toEqual([[0], [1], [2]]);
});
