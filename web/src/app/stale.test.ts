import { expect, test } from "vitest";
import type { Told } from "../live/facts.gen";
import { staleBy } from "./stale";

const AT = { by: 7001, at: 1_760_000_000 };
const keys = (fact: Told): string[] => staleBy(fact).map((each) => each.key.join("/"));

test("a changed contact makes its card and the list old, not the other cards", () => {
  const fact: Told = { fact: "card_changed", ...AT, entity: 1, id: 5, owner: 7001 };
  expect(keys(fact)).toEqual(["contacts", "card/contacts/5", "timeline/contacts/5"]);
  expect(staleBy(fact)[0]?.exact).toBe(true);
});

test("one that comes or goes is counted anew", () => {
  expect(keys({ fact: "gone", ...AT, entity: 1, id: 5 })).toEqual([
    "contacts",
    "card/contacts/5",
    "timeline/contacts/5",
    "counts",
  ]);
  expect(keys({ fact: "card_added", ...AT, entity: 2, id: 5, owner: 7001 })).toEqual([
    "card/leads/5",
    "timeline/leads/5",
    "counts",
  ]);
});

test("a note touches the timeline of the card that it hangs on", () => {
  const note = { ...AT, id: 1, note_type: "common", owner: 7001 };
  expect(keys({ fact: "note_added", ...note, entity: 1, entity_id: 5 })).toEqual(["timeline/contacts/5"]);
  expect(keys({ fact: "note_added", ...note, entity: 2, entity_id: 5 })).toEqual(["timeline/leads/5"]);
});

test("new rights touch all that shows people and what one may see", () => {
  expect(keys({ fact: "account_changed", ...AT, what: "roles" })).toEqual(
    expect.arrayContaining(["me", "users", "roles", "contacts", "counts"]),
  );
});

test("new fields and stages touch the shapes of boards and tables, not the rows in them", () => {
  const told = keys({ fact: "account_changed", ...AT, what: "pipelines" });
  expect(told).toEqual(
    expect.arrayContaining([
      "board/layout",
      "board/counts",
      "table/leads/about",
      "pipelines",
      "fields",
      "card",
    ]),
  );
  expect(told).not.toContain("table/leads");
});

test("a call makes the top of the history old, not the pages that are read", () => {
  const call = { ...AT, id: 1, users: [7001], entity: 1 as const, entity_id: 5 };
  const told = keys({ fact: "call_logged", ...call });
  expect(told).toContain("calls/latest");
  expect(told).not.toContain("calls");
  expect(told).not.toContain("calls/list");
});

test("what is owed and what waits is asked anew", () => {
  expect(keys({ fact: "debt_opened", ...AT, id: 1, call_id: 2 })).toContain("debts");
  const item = { ...AT, id: 1, uid: "a", category: "sip" };
  expect(keys({ fact: "unsorted_added", ...item })).toContain("unsorted");
  expect(keys({ fact: "unsorted_decided", ...item, decision: "accept" })).toContain("unsorted");
});

test("a task touches all lists of tasks and the timeline of its card", () => {
  const task = { ...AT, id: 1, owner: 7001, complete_till: 5, is_completed: true };
  expect(keys({ fact: "task_changed", ...task, entity: 3, entity_id: 5 })).toEqual([
    "tasks",
    "timeline/companies/5",
  ]);
  expect(keys({ fact: "task_deleted", ...AT, id: 1, owner: 7001 })).toEqual(["tasks"]);
  expect(keys({ fact: "gone", ...AT, entity: 4, id: 1 })).toEqual(["tasks", "counts"]);
});

test("a call touches the timeline of its card, and none where it has none", () => {
  const ended: Told = { fact: "call_ended", ...AT, id: 1, users: [7001] };
  expect(keys({ ...ended, entity: 12, entity_id: 5 })).toContain("timeline/customers/5");
  expect(keys(ended).join()).not.toContain("timeline");
});

test("the charts of calls ask anew by themselves, after a while", () => {
  const rang: Told = { fact: "call_rang", ...AT, id: 1, users: [7001] };
  expect(staleBy(rang).flatMap((each) => (each.later ? [each.key.join("/")] : []))).toEqual([
    "calls/summary",
  ]);
});
