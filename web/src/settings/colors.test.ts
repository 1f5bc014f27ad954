import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { put } from "../ui/Sortable";
import { COLORS, nextColor, sortAt } from "./colors";

test("the colours are those that the server takes", () => {
  const rules = resolve(import.meta.dirname, "../../../server/trubka/rules/pipelines.py");
  const taken = readFileSync(rules, "utf8").match(/"#[0-9a-f]{6}"/g) ?? [];
  expect(taken.length).toBeGreaterThan(20);
  expect([...COLORS].sort()).toEqual(taken.map((each) => each.slice(1, -1)).sort());
});

test("a new stage has a colour of its own while there are some", () => {
  expect(nextColor([])).toBe(COLORS[0]);
  expect(nextColor(["#99CCFF", "#ffcc66"])).toBe(COLORS[1]);
  expect(COLORS).toContain(nextColor(COLORS));
});

test.each([
  [0, 15],
  [1, 25],
  [2, 35],
])("at place %d it is sorted as %d", (to, sort) => {
  expect(sortAt([{ sort: 20 }, { sort: 30 }], to)).toBe(sort);
});

test.each([
  [0, 2, "bca"],
  [2, 0, "cab"],
  [1, 1, "abc"],
])("from %d to %d", (from, to, expected) => {
  expect(put(["a", "b", "c"], from, to).join("")).toBe(expected);
});
