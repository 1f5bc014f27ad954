import { expect, test } from "vitest";
import {
  column,
  columnsOf,
  everything,
  extend,
  filterOf,
  isNarrow,
  NOTHING,
  queryOf,
  shifted,
  startOf,
  toggle,
  toggled,
  turned,
  widened,
} from "./table";

test("an address may say anything, and only what can be meant is kept", () => {
  expect(
    filterOf({ q: "  ", owner: ["7", 0, -1, 1.5], tag: 5, from: "yesterday", least: "1", order: "x y" }),
  ).toEqual({ tag: [5] });
  const whole = { q: "ivan", owner: [7, 8], from: "2026-01-01", to: "2026-01-31", least: 0, order: "-price" };
  expect(filterOf(whole)).toEqual(whole);
  expect(filterOf({ q: 916 })).toEqual({ q: "916" });
  expect(isNarrow(filterOf({ order: "-price" }))).toBe(false);
  expect(isNarrow(filterOf({ least: 0 }))).toBe(true);
});

test("a filter for the server has the company's days, the last one whole", () => {
  const query = new URLSearchParams(
    queryOf(
      { q: "a&b", owner: [7, 8], from: "2026-01-01", to: "2026-01-01", order: "price" },
      "Europe/Moscow",
      {
        after: "5.6",
      },
    ),
  );
  expect(Object.fromEntries(query)).toEqual({
    query: "a&b",
    owner: "7,8",
    "created_at[from]": String(Date.UTC(2025, 11, 31, 21) / 1000),
    "created_at[to]": String(Date.UTC(2026, 0, 1, 21) / 1000 - 1),
    order: "price",
    after: "5.6",
  });
});

test.each([
  ["2026-03-29", "Europe/Berlin", Date.UTC(2026, 2, 28, 23)], // the clock goes on that night
  ["2026-03-30", "Europe/Berlin", Date.UTC(2026, 2, 29, 22)],
  ["2026-10-25", "Europe/Berlin", Date.UTC(2026, 9, 24, 22)],
  ["2026-07-01", "America/New_York", Date.UTC(2026, 6, 1, 4)],
  ["2026-07-01", "UTC", Date.UTC(2026, 6, 1)],
])("%s in %s begins at its own midnight", (day, zone, at) => {
  expect(startOf(day, zone)).toBe(at / 1000);
});

test("columns: the name stands first, and what is gone is left out", () => {
  const fields = [{ id: 5, name: "Size", code: null, type: "text" }];
  const kept = [column("owner"), { id: "f5", width: 90 }, column("f6"), column("price"), column("name")];
  expect(columnsOf("contacts", kept, fields).map((each) => each.id)).toEqual(["name", "owner", "f5"]);
  expect(columnsOf("leads", null, [])[0]).toEqual({ id: "name", width: 240 });
  const three = ["name", "owner", "tags"].map(column);
  expect(toggled(three, "name")).toEqual(three);
  expect(toggled(three, "owner").map((each) => each.id)).toEqual(["name", "tags"]);
  expect(toggled(three, "id").map((each) => each.id)).toEqual(["name", "owner", "tags", "id"]);
  expect(shifted(three, "tags", -1).map((each) => each.id)).toEqual(["name", "tags", "owner"]);
  for (const [id, by] of [
    ["owner", -1],
    ["tags", 1],
    ["name", 1],
  ] as const) {
    expect(shifted(three, id, by)).toBe(three);
  }
  expect(widened(three, "owner", 10)[1]).toEqual({ id: "owner", width: 80 });
  expect(widened(three, "owner", 133.6)[1]).toEqual({ id: "owner", width: 134 });
});

test("a second click on a head turns the order", () => {
  expect(turned(undefined, "price")).toBe("-price");
  expect(turned("-price", "price")).toBe("price");
  expect(turned("price", "price")).toBe("-price");
});

test("rows are chosen one by one, and from one to another", () => {
  const ids = [10, 11, 12, 13, 14];
  const one = toggle(NOTHING, ids, 1);
  expect([...one.ids]).toEqual([11]);
  expect([...toggle(one, ids, 1).ids]).toEqual([]);
  expect([...extend(one, ids, 3, 2).ids]).toEqual([11, 12, 13]);
  expect([...extend(extend(one, ids, 3, 2), ids, 0, 3).ids].sort()).toEqual([10, 11, 12, 13]);
  expect([...extend(NOTHING, ids, 3, 2).ids]).toEqual([12, 13]);
  expect(toggle(one, ids, 9)).toBe(one);
  const all = everything(ids, true);
  expect(all.all && all.ids.size).toBe(5);
  expect(toggle(all, ids, 0)).toMatchObject({ all: false });
});
