import { expect, test } from "vitest";
import type { Announced, LiveCall } from "../api/types.gen";
import { apply, begin, type Desk } from "./desk";
import type { Going, Told } from "./facts.gen";

const AT = { by: 7001, at: 1_760_000_000 };
const task = (id: number, complete_till = 5) => ({ id, complete_till, entity: null, entity_id: null });
const empty = { user_id: 7002, tasks: [], calls: [], notices: [], alerts: [] };
const desk = (...ids: number[]): Desk => begin({ ...empty, tasks: ids.map((id) => task(id)) });
const going = (more: Partial<Going> = {}): Going => ({
  direction: "inbound",
  number: "+79160001122",
  line: null,
  started_at: 5,
  answered_at: null,
  caller: null,
  ringing: [7002],
  talking: [],
  talks_at: null,
  on_hold: false,
  queue: null,
  sent_by: null,
  ...more,
});
const call = (id: number, more: Partial<Going> = {}): LiveCall => ({
  id,
  entity: null,
  entity_id: null,
  going: going(more),
  mine: true,
});
const others = (id: number, card?: number): LiveCall => ({ ...call(id), ...onCard(card), mine: false });
const onCard = (card?: number) => (card === undefined ? {} : ({ entity: 1, entity_id: card } as const));
const calls = (...found: LiveCall[]): Desk => begin({ ...empty, calls: found });
const notice = (id: string, created_at = AT.at): Announced => ({
  id,
  number: "+79160001122",
  entity: 1,
  entity_id: 5,
  created_at,
  until: AT.at + 60,
});
const notices = (...found: Announced[]): Desk => begin({ ...empty, notices: found });
const noticed = {
  fact: "call_noticed",
  ...AT,
  entity: 1,
  entity_id: 5,
  number: "+79160001122",
  until: AT.at + 60,
} as const;
const alerts = (...ids: string[]): Desk => begin({ ...empty, alerts: ids });
const raised = (id: string): Told => ({ fact: "alert_raised", ...AT, id, user: 7002, kind: "page" });
const talks = going({ ringing: [], talking: [7001], talks_at: "101" });

const cases: [string, Desk, Told, Desk][] = [
  [
    "a new task of mine stands in its place",
    desk(1, 3),
    { fact: "task_added", ...AT, id: 2, owner: 7002, complete_till: 5 },
    desk(1, 2, 3),
  ],
  ["an alert opens", alerts("c"), raised("b"), alerts("b", "c")],
  ["once more, it is the same", alerts("b"), raised("b"), alerts("b")],
  ["and closes", alerts("b", "c"), { fact: "alert_closed", ...AT, id: "b", user: 7002 }, alerts("c")],
  ["one that is closed is", alerts("c"), { fact: "alert_closed", ...AT, id: "b", user: 7002 }, alerts("c")],
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
    begin({ ...empty, tasks: [task(2, 9)] }),
  ],
  ["one that is deleted goes", desk(1, 2), { fact: "task_deleted", ...AT, id: 1, owner: 7002 }, desk(2)],
  ["one that I may not see any more goes", desk(1, 2), { fact: "gone", ...AT, entity: 4, id: 1 }, desk(2)],
  ["a card of the same number is no task", desk(1, 2), { fact: "gone", ...AT, entity: 1, id: 1 }, desk(1, 2)],
  [
    "a call that rings stands in its place",
    calls(call(1), call(3)),
    { fact: "call_rang", ...AT, id: 2, users: [7002], going: going() },
    calls(call(1), call(2), call(3)),
  ],
  [
    "one that is answered says by whom, and its card",
    calls(call(1)),
    {
      fact: "call_answered",
      ...AT,
      id: 1,
      users: [7001, 7002],
      user: 7001,
      entity: 2,
      entity_id: 9,
      going: talks,
    },
    calls({ id: 1, entity: 2, entity_id: 9, going: talks, mine: true }),
  ],
  [
    "one that others take part in is not mine",
    calls(),
    { fact: "call_rang", ...AT, id: 2, users: [7001], going: going() },
    calls(others(2)),
  ],
  [
    "one that has joined another goes, and so does one whose card is hidden from me now",
    calls(call(1), call(2)),
    { fact: "call_gone", ...AT, id: 1 },
    calls(call(2)),
  ],
  [
    "of calls on a card that I may not see any more mine stay, without it",
    calls(others(1, 5), others(2, 6), { ...call(3), ...onCard(5) }, call(4)),
    { fact: "gone", ...AT, entity: 1, id: 5 },
    calls(others(2, 6), call(3), call(4)),
  ],
  [
    "one that goes on in another way changes",
    calls(call(1)),
    { fact: "call_changed", ...AT, id: 1, users: [7002], going: going({ on_hold: true }) },
    calls(call(1, { on_hold: true })),
  ],
  [
    "what is known of one that is over changes nothing",
    calls(call(1)),
    { fact: "call_changed", ...AT, id: 2, users: [7002] },
    calls(call(1)),
  ],
  [
    "one that ends goes",
    calls(call(1), call(2)),
    { fact: "call_ended", ...AT, id: 1, users: [7002] },
    calls(call(2)),
  ],
  [
    "what is announced to me comes, in the order of time",
    notices(notice("b"), notice("c", AT.at + 1)),
    { ...noticed, id: "a", users: [7002] },
    notices(notice("a"), notice("b"), notice("c", AT.at + 1)),
  ],
  ["what is announced to all is for me too", notices(), { ...noticed, id: "a" }, notices(notice("a"))],
  ["what is announced to others is not", notices(), { ...noticed, id: "a", users: [7001] }, notices()],
  [
    "a notice that I close goes",
    notices(notice("a"), notice("b")),
    { fact: "notice_closed", ...AT, id: "a", users: [7002] },
    notices(notice("b")),
  ],
  [
    "one that somebody else closes stays with me",
    notices(notice("a")),
    { fact: "notice_closed", ...AT, id: "a", users: [7001] },
    notices(notice("a")),
  ],
  [
    "one that has become a call goes from everybody",
    notices(notice("a")),
    { fact: "notice_closed", ...AT, id: "a", users: [7001], call_id: 5 },
    notices(),
  ],
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
