import { expect, test } from "vitest";
import type { Item, PageOfTimeline } from "../api/cards";
import { extended, renewed, rowsOf, type Story } from "./story";

const change = (id: number, at: number, type = "x"): Item => ({
  key: `change:${String(id)}`,
  kind: "change",
  at,
  change: { type, value_before: [], value_after: [], by: 1, card: null },
});
const page = (items: Item[], after: string | null): PageOfTimeline => ({ items, after, pinned: [] });
const keys = (story: Story) => story.items.map((item) => item.key.slice(7)).join(" ");
const story = (...ids: number[]): Story =>
  page(
    ids.map((id) => change(id, id)),
    "1.1.1",
  );

test("the first page is the story", () => {
  expect(renewed(undefined, page([change(2, 2)], null))).toEqual(page([change(2, 2)], null));
});

test("news stand above, what is older stays", () => {
  const next = renewed(story(5, 4, 3, 2), page([change(6, 6), change(5, 5), change(4, 4)], "4.1.4"));
  expect(keys(next)).toBe("6 5 4 3 2");
  expect(next.after).toBe("1.1.1");
});

test("what is gone within the newest page goes, and what is different there is different", () => {
  const next = renewed(story(5, 4, 3, 2), page([change(5, 5, "new"), change(3, 3)], "3.1.3"));
  expect(keys(next)).toBe("5 3 2");
  expect(next.items[0]).toEqual(change(5, 5, "new"));
});

test("with a gap between, only the newest page is left", () => {
  expect(keys(renewed(story(3, 2), page([change(9, 9), change(8, 8)], "8.1.8")))).toBe("9 8");
});

test("where the newest page is all, nothing older is kept", () => {
  expect(keys(renewed(story(3, 2), page([change(3, 3)], null)))).toBe("3");
});

test("what has moved up is not shown twice", () => {
  const done: Item = { ...change(2, 9), key: "change:2" };
  expect(keys(renewed(story(5, 4, 3, 2), page([done, change(5, 5), change(4, 4)], "4.1.4")))).toBe("2 5 4 3");
});

test("older pages come below, each line once", () => {
  const next = extended(story(5, 4), page([change(4, 4), change(3, 3)], null));
  expect(keys(next)).toBe("5 4 3");
  expect(next.after).toBe(null);
});

test("each day is named once", () => {
  const rows = rowsOf([change(1, 25), change(2, 24), change(3, 11)], (at) => String(Math.floor(at / 10)));
  expect(rows.map((row) => (row.kind === "day" ? row.day : row.item.key))).toEqual([
    "2",
    "change:1",
    "change:2",
    "1",
    "change:3",
  ]);
});
