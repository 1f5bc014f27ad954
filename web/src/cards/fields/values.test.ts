import { describe, expect, test } from "vitest";
import type { Field, Value } from "../../api/cards";
import {
  type Draft,
  draftOf,
  givenOf,
  isNumber,
  localTime,
  partsOf,
  plainNumber,
  type Reading,
  shownOf,
} from "./values";

const MOSCOW = "Europe/Moscow";
const field = (type: string, enums: Field["enums"] = null): Field => ({
  id: 1,
  name: "Field",
  type,
  code: null,
  is_api_only: false,
  enums,
});
const KINDS = [
  { id: 31, value: "Big" },
  { id: 32, value: "Small" },
];

const cases: [string, Field, Value[], Draft, object[]][] = [
  ["a text", field("text"), [{ value: "x" }], { as: "text", text: "x" }, [{ value: "x" }]],
  ["no text", field("textarea"), [], { as: "text", text: "" }, []],
  ["a number", field("numeric"), [{ value: "5.50" }], { as: "text", text: "5.50" }, [{ value: "5.50" }]],
  ["a flag", field("checkbox"), [{ value: true }], { as: "flag", on: true }, [{ value: true }]],
  ["no flag", field("checkbox"), [], { as: "flag", on: false }, [{ value: false }]],
  [
    "a choice",
    field("select", KINDS),
    [{ value: "Big", enum_id: 31 }],
    { as: "choice", id: 31 },
    [{ enum_id: 31 }],
  ],
  ["no choice", field("radiobutton", KINDS), [], { as: "choice", id: null }, []],
  [
    "choices",
    field("multiselect", KINDS),
    [
      { value: "Big", enum_id: 31 },
      { value: "Small", enum_id: 32 },
    ],
    { as: "choices", ids: [31, 32] },
    [{ enum_id: 31 }, { enum_id: 32 }],
  ],
  [
    "a day there",
    field("date"),
    [{ value: 1_795_208_400 }],
    { as: "text", text: "2026-11-21" },
    [{ value: "2026-11-21" }],
  ],
  [
    "a moment there",
    field("date_time"),
    [{ value: 1_795_210_200 }],
    { as: "text", text: "2026-11-21T00:30" },
    [{ value: "2026-11-21T00:30" }],
  ],
  [
    "numbers",
    field("multitext", KINDS),
    [{ value: "+7916", enum_id: 32, enum_code: "MOB" }],
    { as: "rows", rows: [{ enumId: 32, text: "+7916" }] },
    [{ value: "+7916", enum_id: 32 }],
  ],
  ["no numbers", field("multitext", KINDS), [], { as: "rows", rows: [{ enumId: 31, text: "" }] }, []],
  [
    "an address",
    field("smart_address", KINDS),
    [{ value: "Tver", enum_id: 32 }],
    { as: "lines", lines: { 31: "", 32: "Tver" } },
    [{ value: "Tver", enum_id: 32 }],
  ],
  [
    "a firm",
    field("legal_entity"),
    [{ value: { name: "Works", vat_id: "" } }],
    { as: "objects", objects: [{ name: "Works", vat_id: "" }] },
    [{ value: { name: "Works" } }],
  ],
  ["no firm", field("legal_entity"), [], { as: "objects", objects: [{}] }, []],
];

test.each(cases)("%s is edited and sent", (_, of, values, draft, given) => {
  expect(draftOf(of, values, MOSCOW)).toEqual(draft);
  expect(givenOf(draft)).toEqual(given);
});

test("empty rows are left out, and spaces around what is written", () => {
  const rows = [
    { enumId: null, text: " 8 916 " },
    { enumId: 31, text: " " },
  ];
  expect(givenOf({ as: "rows", rows })).toEqual([{ value: "8 916" }]);
});

test("an object keeps what it says besides, and what is no text is not written in", () => {
  expect(partsOf("payer", { name: "x", kpp: "1", more: {} })).toEqual(["name", "vat_id", "kpp"]);
});

test.each([
  ["12 500,50", true, "12500.50"],
  ["-3", true, "-3"],
  ["", true, ""],
  ["many", false, "many"],
  ["1.2.3", false, "1.2.3"],
])("a number as people write it: %s", (text, good, plain) => {
  expect(isNumber(text)).toBe(good);
  expect(plainNumber(text)).toBe(plain);
});

describe("read out", () => {
  const reading: Reading = {
    timeZone: MOSCOW,
    yes: "yes",
    no: "no",
    date: (seconds) => localTime(seconds, MOSCOW, false),
    moment: (seconds) => localTime(seconds, MOSCOW, true),
    number: (value) => `#${String(value)}`,
  };
  test.each([
    ["text", "x", "x"],
    ["checkbox", true, "yes"],
    ["checkbox", "False", "no"],
    ["date", 1_795_208_400, "2026-11-21"],
    ["birthday", "1795208400", "2026-11-21"],
    ["date_time", 1_795_210_200, "2026-11-21T00:30"],
    ["date", "soon", "soon"],
    ["numeric", "5.5", "#5.5"],
    ["monetary", "", ""],
    ["legal_entity", { vat_id: "77", name: "Works" }, "Works · 77"],
    ["text", null, ""],
    ["text", 5, "5"],
  ])("%s %j", (type, value, text) => {
    expect(shownOf(type, value, reading)).toBe(text);
  });
});
