import { expect, test } from "vitest";
import {
  type Board,
  columnOf,
  gone,
  type Lead,
  loaded,
  moved,
  nextTaking,
  NO_BOARD,
  placeOf,
  put,
  recounted,
} from "./board";

const lead = (id: number, status_id: number, name = "Boat"): Lead => ({
  id,
  name,
  status_id,
  price: 100 * id,
  owner: 1,
  created_at: 1,
  updated_at: 1,
  task_at: null,
  tags: [],
  contact: null,
  company: null,
});
const ids = (board: Board, status: number) => [...columnOf(board, status).ids];
const two = loaded(
  loaded(NO_BOARD, 10, [lead(1, 10), lead(2, 10), lead(3, 10)], "x"),
  20,
  [lead(4, 20)],
  null,
);

test("pieces of a column come below each other, each lead once", () => {
  expect(ids(two, 10)).toEqual([1, 2, 3]);
  const more = loaded(two, 10, [lead(3, 10), lead(5, 10)], null);
  expect(ids(more, 10)).toEqual([1, 2, 3, 5]);
  expect(columnOf(two, 10).after).toBe("x");
  expect(columnOf(more, 10).after).toBeNull();
});

test("a lead that was carried away meanwhile does not come twice", () => {
  const carried = loaded(moved(two, 3, 20), 10, [lead(3, 10)], null);
  expect([ids(carried, 10), ids(carried, 20)]).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("a moved lead goes on top, and a refused one back to its very place", () => {
  const away = moved(two, 2, 20);
  expect([ids(away, 10), ids(away, 20)]).toEqual([
    [1, 3],
    [2, 4],
  ]);
  expect(away.leads.get(2)?.status_id).toBe(20);
  const back = moved(away, 2, 10, 1);
  expect(ids(back, 10)).toEqual([1, 2, 3]);
  expect(moved(two, 99, 20)).toBe(two);
});

test("what a colleague does is seen: a change in its place, a move on top, a new one, one that is gone", () => {
  const changed = put(two, lead(2, 10, "Car"));
  expect(ids(changed, 10)).toEqual([1, 2, 3]);
  expect(changed.leads.get(2)?.name).toBe("Car");
  const came = put(put(two, lead(1, 20)), lead(9, 10));
  expect([ids(came, 10), ids(came, 20)]).toEqual([
    [9, 2, 3],
    [1, 4],
  ]);
  expect(placeOf(put(two, lead(9, 30)), 9)).toBeUndefined();
  const left = gone(two, 2);
  expect(ids(left, 10)).toEqual([1, 3]);
  expect(left.leads.has(2)).toBe(false);
  expect(gone(two, 99)).toBe(two);
});

test("counts and sums follow at once", () => {
  const found = [10, 20, 30].map((status_id) => ({ status_id, count: 5, sum: 1000, more: false }));
  expect(recounted(found, lead(2, 10), 10, 20).map((each) => [each.count, each.sum])).toEqual([
    [4, 800],
    [6, 1200],
    [5, 1000],
  ]);
});

test("carrying goes past columns that take nothing, and always back", () => {
  const statuses = [
    { id: 1, takes: false },
    { id: 2, takes: true },
    { id: 3, takes: false },
    { id: 4, takes: true },
  ];
  expect(nextTaking(statuses, 2, 1, 2)).toBe(4);
  expect(nextTaking(statuses, 4, 1, 2)).toBe(4);
  expect(nextTaking(statuses, 2, -1, 2)).toBe(2);
  expect(nextTaking(statuses, 2, -1, 1)).toBe(1);
});
