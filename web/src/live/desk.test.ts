import { expect, test } from "vitest";
import { apply, begin, type Desk } from "./desk";
import type { Told } from "./facts.gen";

const AT = { by: 7001, at: 1_760_000_000 };
const task = (id: number, complete_till = 5) => ({ id, complete_till, entity: null, entity_id: null });
const desk = (...ids: number[]): Desk => begin({ user_id: 7002, tasks: ids.map((id) => task(id)) });

const cases: [string, Desk, Told, Desk][] = [
  [
    "a new task of mine stands in its place",
    desk(1, 3),
    { fact: "task_added", ...AT, id: 2, owner: 7002, complete_till: 5 },
    desk(1, 2, 3),
  ],
  ["somebody else's does not", desk(1), { fact: "task_added", ...AT, id: 2, owner: 7001 }, desk(1)],
  [
    "one that is done goes",
    desk(1, 2),
    { fact: "task_changed", ...AT, id: 2, owner: 7002, completed: true, is_completed: true },
    desk(1),
  ],
  [
    "one that is given to somebody else goes",
    desk(1, 2),
    { fact: "task_changed", ...AT, id: 2, owner: 7001, old_owner: 7002 },
    desk(1),
  ],
  [
    "one that is given to me comes",
    desk(),
    { fact: "task_changed", ...AT, id: 2, owner: 7002, old_owner: 7001, complete_till: 5 },
    desk(2),
  ],
  [
    "one that is put off moves",
    desk(2),
    { fact: "task_changed", ...AT, id: 2, owner: 7002, complete_till: 9 },
    begin({ user_id: 7002, tasks: [task(2, 9)] }),
  ],
  ["one that is deleted goes", desk(1, 2), { fact: "task_deleted", ...AT, id: 1, owner: 7002 }, desk(2)],
  ["one that I may not see any more goes", desk(1, 2), { fact: "gone", ...AT, entity: 4, id: 1 }, desk(2)],
  ["a card of the same number is no task", desk(1, 2), { fact: "gone", ...AT, entity: 1, id: 1 }, desk(1, 2)],
  [
    "new rights make it old",
    desk(1),
    { fact: "account_changed", ...AT, what: "roles" },
    { ...desk(1), old: true },
  ],
  [
    "a fact of a newer server changes nothing",
    desk(1),
    { fact: "moon_landed", ...AT } as unknown as Told,
    desk(1),
  ],
];

test.each(cases)("%s", (_, before, fact, after) => {
  expect(apply(before, fact)).toEqual(after);
  expect(apply(apply(before, fact), fact), "told twice").toEqual(after);
});
