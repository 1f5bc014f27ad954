import { expect, test } from "vitest";
import type { Call } from "../api/calls";
import { lengthOf } from "./length";
import { merged, searchOf } from "./merged";

const call = (id: number, result = ""): Call => ({ id, started_at: id * 10, result }) as Call;
const ids = (found: { rows: Call[] }) => found.rows.map((each) => each.id);

const latest = (...calls: Call[]) => ({ calls, after: "more" });

test("what is new stands above, what has changed stands changed, and nothing stands twice", () => {
  const found = merged([call(3), call(2), call(1)], latest(call(5), call(4), call(3, "bought")));
  expect(ids(found)).toEqual([5, 4, 3, 2, 1]);
  expect(found.rows[2]?.result).toBe("bought");
  expect(found.more).toBe(false);
});

test("what the filters do not mean any more is gone", () => {
  expect(ids(merged([call(3), call(2), call(1)], latest(call(3), call(1))))).toEqual([3, 1]);
  expect(ids(merged([call(3), call(2), call(1)], latest(call(3))))).toEqual([3, 2, 1]);
  expect(ids(merged([call(3), call(2)], { calls: [], after: null }))).toEqual([]);
});

test("a call that is told late and belongs further down waits for the next reading", () => {
  expect(ids(merged([call(9), call(7)], latest(call(9), call(8))))).toEqual([9, 7]);
});

test("so much is new that there is a gap: the pages are left as they are, and it is said", () => {
  const found = merged([call(2), call(1)], latest(call(9), call(8)));
  expect(ids(found)).toEqual([2, 1]);
  expect(found.more).toBe(true);
});

test("an empty list gets its first call; before anything is told the pages stay", () => {
  expect(ids(merged([], { calls: [call(1)], after: null }))).toEqual([1]);
  expect(ids(merged([call(1)], undefined))).toEqual([1]);
});

test.each([
  [0, "0:00"],
  [62.4, "1:02"],
  [3723, "1:02:03"],
])("%s seconds are %s", (seconds, shown) => {
  expect(lengthOf(seconds)).toBe(shown);
});

test("one looks further by itself for some pages, then asks, and a full page begins anew", () => {
  const pages = (...searched: (number | null)[]) => searched.map((each) => ({ searched: each }));
  expect(searchOf([])).toBe(undefined);
  expect(searchOf(pages(50, null))).toBe(undefined);
  expect(searchOf(pages(50))).toEqual({ until: 50, goesOn: true });
  expect(searchOf(pages(50, 40, 30, 20))).toEqual({ until: 20, goesOn: true });
  expect(searchOf(pages(50, 40, 30, 20, 10))).toEqual({ until: 10, goesOn: false });
  expect(searchOf(pages(50, 40, 30, 20, 10, 9))).toEqual({ until: 9, goesOn: true });
  expect(searchOf(pages(50, 40, 30, null, 20))).toEqual({ until: 20, goesOn: true });
});
