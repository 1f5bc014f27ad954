import { expect, test } from "vitest";
import { timesOf } from "./times";

const NOW = 1_760_000_000;
const times = timesOf("en", "UTC", "RUB", () => NOW);
const russian = timesOf("ru", "Europe/Moscow", "RUB", () => NOW);

test.each([
  [0, "this minute"],
  [59, "this minute"],
  [60, "1 minute ago"],
  [3599, "59 minutes ago"],
  [3600, "1 hour ago"],
  [86_400, "yesterday"],
  [6 * 86_400, "6 days ago"],
  [7 * 86_400, "Oct 2"],
  [365 * 86_400, "Oct 9, 2024"],
])("%d seconds ago is “%s”", (passed, text) => {
  expect(times.ago(NOW - passed)).toBe(text);
});

test("times are those of the company's zone, in the reader's language", () => {
  expect(times.moment(NOW)).toBe("Oct 9, 8:53 AM");
  expect(russian.moment(NOW)).toBe("9 окт., 11:53");
});

test("another year is named", () => {
  expect(times.moment(NOW - 365 * 86_400)).toBe("Oct 9, 2024, 8:53 AM");
  expect(russian.moment(NOW + 365 * 86_400)).toBe("9 окт. 2026, 11:53");
  expect(russian.day(NOW + 365 * 86_400)).toBe("9 окт. 2026");
});

test("sums are in the company's currency", () => {
  expect(russian.money(1_500_000).replaceAll(/\s/g, " ")).toBe("1 500 000 ₽");
});
