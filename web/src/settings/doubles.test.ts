import { expect, test } from "vitest";
import { doubleOf, type NewPhone } from "./doubles";
import type { Phone } from "./routing";

const phone = (user_id: number, number: string, pbx_id: number | null = null): Phone => ({
  id: 1,
  user_id,
  number,
  pbx_id,
  kind: "desk",
  device: "",
  is_confirmed_by_key: false,
  rings: true,
});
const ALL = [phone(1, "101"), phone(2, "102", 7)];

test.each<[NewPhone[], ReturnType<typeof doubleOf>]>([
  [[{ number: "101", pbx_id: null }], null], // one's own
  [[{ number: "102", pbx_id: 8 }], null], // of another PBX
  [[{ number: "102", pbx_id: 7 }], { what: "taken", index: 0, user_id: 2 }],
  [[{ number: " 102 ", pbx_id: null }], { what: "taken", index: 0, user_id: 2 }],
  [
    [
      { number: "103", pbx_id: null },
      { number: "103", pbx_id: null },
    ],
    { what: "twice", index: 1 },
  ],
  [
    [
      { number: "103", pbx_id: 7 },
      { number: "103", pbx_id: 8 },
    ],
    null,
  ],
  [[{ number: " ", pbx_id: null }], { what: "missing", index: 0 }],
])("%j", (given, found) => {
  expect(doubleOf(given, 1, ALL)).toEqual(found);
});
