import { expect, test } from "vitest";
import { countries, currencies, timeZones } from "./places";

test("countries and currencies are named in the reader's language, each once", () => {
  expect(countries("ru")[0]).toEqual({ value: "RU", label: "Россия" });
  expect(countries("en").find((each) => each.value === "KZ")?.label).toBe("Kazakhstan");
  expect(new Set(countries("en").map((each) => each.value)).size).toBe(countries("en").length);
  expect(currencies("en")[0]?.label).toBe("RUB · Russian Ruble");
  expect(new Set(currencies("en").map((each) => each.value)).size).toBe(currencies("en").length);
});

test("time zones say how far they are from UTC, from west to east, with the one in use", () => {
  const zones = timeZones("ru", "Etc/GMT-3");
  expect(zones.find((each) => each.value === "Europe/Moscow")?.label).toBe("UTC+3 · Europe/Moscow");
  expect(
    zones.find((each) => each.value === "Asia/Kathmandu" || each.value === "Asia/Katmandu")?.label,
  ).toContain("UTC+5:45");
  expect(zones.some((each) => each.value === "Etc/GMT-3")).toBe(true);
  expect(zones[0]?.label.startsWith("UTC−")).toBe(true);
});
