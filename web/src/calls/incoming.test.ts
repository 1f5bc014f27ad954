import { expect, test } from "vitest";
import type { LiveCall } from "../api/types.gen";
import { begin, type Desk } from "../live/desk";
import type { Going, Told } from "../live/facts.gen";
import { clock, leftBy, mine, partOf, written } from "./incoming";

const ME = 7002;
const ANNA = 7001;
const AT = { by: 0, at: 1_760_000_000 };
const going = (more: Partial<Going> = {}): Going => ({
  direction: "inbound",
  number: "+79160001122",
  line: null,
  started_at: 5,
  answered_at: null,
  caller: null,
  ringing: [],
  talking: [],
  talks_at: null,
  on_hold: false,
  queue: null,
  sent_by: null,
  ...more,
});
const call = (id: number, more: Partial<Going>): LiveCall => ({
  id,
  entity: null,
  entity_id: null,
  going: going(more),
  mine: true,
});
const desk = (...calls: LiveCall[]): Desk =>
  begin({ user_id: ME, tasks: [], calls, notices: [], alerts: [] });

test.each([
  [{ ringing: [ANNA, ME] }, "rings"],
  [{ ringing: [ANNA], talking: [ME] }, "talks"],
  [{ direction: "outbound", caller: ME }, "calls"],
  [{ direction: "outbound", caller: ME, talking: [ANNA] }, undefined],
  [{ ringing: [ANNA] }, undefined],
])("my part in %o is %s", (more: Partial<Going>, part) => {
  expect(partOf(going(more), ME)).toBe(part);
});

test("what rings stands before what goes on, and the longest waiting first", () => {
  const calls = [
    call(1, { talking: [ME] }),
    call(2, { ringing: [ME] }),
    call(3, { ringing: [ME] }),
    call(4, {}),
  ];
  expect(mine(calls, ME).map((each) => each.id)).toEqual([2, 3, 1]);
});

const rang = call(1, { ringing: [ANNA, ME] });
const talks = going({ talking: [ANNA], talks_at: "101" });
const answered: Told = { fact: "call_answered", ...AT, id: 1, users: [ANNA, ME], user: ANNA, going: talks };
const ended = (missed: boolean | null): Told => ({
  fact: "call_ended",
  ...AT,
  id: 1,
  users: [ANNA, ME],
  missed,
});

test.each<[string, Desk, Told[], object[]]>([
  ["somebody else answers", desk(rang), [answered], [{ how: "answered", by: ANNA, at: "101" }]],
  [
    "somebody at a phone of nobody's",
    desk(rang),
    [{ ...answered, going: { ...talks, talking: [], talks_at: "205" } }],
    [{ how: "answered", by: null, at: "205" }],
  ],
  ["I answer", desk(rang), [{ ...answered, going: { ...talks, talking: [ME] } }], []],
  ["nobody answers", desk(rang), [ended(true)], [{ how: "missed", by: null }]],
  ["a gap hides whether anybody did", desk(rang), [ended(null)], [{ how: "missed", by: null }]],
  [
    "it is answered and over in one breath",
    desk(rang),
    [answered, ended(false)],
    [{ how: "answered", by: ANNA }],
  ],
  ["my own talk ends", desk(call(1, { talking: [ME] })), [ended(false)], []],
  ["one that never rang me", desk(call(1, { ringing: [ANNA] })), [ended(true)], []],
  ["one that I have declined", desk(call(1, { ringing: [ANNA] })), [answered], []],
])("what stays when %s", (_, before, facts, expected) => {
  expect(leftBy(before, facts, ME)).toMatchObject(expected);
  expect(leftBy(before, facts, ME)).toHaveLength(expected.length);
});

test.each([
  [0, "0:00"],
  [65, "1:05"],
  [3_725, "1:02:05"],
  [-3, "0:00"],
])("%d seconds are %s", (seconds, expected) => {
  expect(clock(seconds)).toBe(expected);
});

test.each([
  ["+79160001122", "+7 916 000-11-22"],
  ["89160001122", "+7 916 000-11-22"],
  ["+442071234567", "+442071234567"],
  ["101", "101"],
])("%s is read %s", (number, expected) => {
  expect(written(number)).toBe(expected);
});
