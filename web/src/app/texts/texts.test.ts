// Every text stands in both languages, with all the plurals that its language has, and none is written into a screen.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { alerts as enAlerts } from "./alerts.en";
import { alerts as ruAlerts } from "./alerts.ru";
import { en } from "./en";
import { fields as fieldsInEnglish } from "./fields.en";
import { fields as fieldsInRussian } from "./fields.ru";
import { guide as lateEn } from "./guide.en";
import { guide as lateRu } from "./guide.ru";
import { logs as enLogs } from "./logs.en";
import { logs as ruLogs } from "./logs.ru";
import { pipelines as pipelinesInEnglish } from "./pipelines.en";
import { pipelines as pipelinesInRussian } from "./pipelines.ru";
import { inRussian } from "./refusals";
import { ru } from "./ru";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, path = ""): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[path + key, value]] : Object.entries(flat(value, `${path}${key}.`)),
    ),
  );
}

const english = flat({
  ...en,
  guide: lateEn,
  logs: enLogs,
  alerts: enAlerts,
  fields: fieldsInEnglish,
  pipelines: pipelinesInEnglish,
});
const russian = flat({
  ...ru,
  guide: lateRu,
  logs: ruLogs,
  alerts: ruAlerts,
  fields: fieldsInRussian,
  pipelines: pipelinesInRussian,
});
const base = (key: string): string => key.replace(/_(one|few|many|other)$/, "");
const blanks = (text: string): string[] => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();

describe("both languages", () => {
  test("have the same keys", () => {
    expect([...new Set(Object.keys(russian).map(base))].sort()).toEqual(
      [...new Set(Object.keys(english).map(base))].sort(),
    );
  });

  test("have the plurals of their own grammar", () => {
    const plural = [
      ...new Set(
        Object.keys(english)
          .filter((key) => key.endsWith("_other"))
          .map(base),
      ),
    ];
    expect(plural.length).toBeGreaterThan(0);
    for (const key of plural) {
      expect(
        ["one", "other"].filter((form) => english[`${key}_${form}`] === undefined),
        key,
      ).toEqual([]);
      expect(
        ["one", "few", "many", "other"].filter((form) => russian[`${key}_${form}`] === undefined),
        key,
      ).toEqual([]);
    }
  });

  test("leave the same blanks, and nothing empty", () => {
    for (const [key, text] of Object.entries(russian)) {
      const same = english[key] ?? english[`${base(key)}_other`] ?? "";
      expect(text.trim(), key).not.toBe("");
      expect(blanks(text), key).toEqual(blanks(same));
    }
  });

  test("are really two", () => {
    const names = new Set([
      "brand",
      "language.ru",
      "language.en",
      "people.editTitle",
      "said.times",
      "home.many",
      "guide.asterisk",
    ]);
    const alike = Object.keys(russian).filter((key) => english[key] === russian[key] && !names.has(key));
    expect(alike).toEqual(["roles.cell", "integrations.clientId"]);
    expect(
      Object.entries(russian)
        .filter(([key, text]) => !/[а-яё]/i.test(text) && !names.has(key))
        .map(([key]) => key),
    ).toEqual(["sessions.on", "roles.cell", "integrations.clientId"]);
  });
});

// What is no language: keys on the keyboard, and an example of an address.
const NO_LANGUAGE = new Set(["Esc", "Enter", "C", "N", "T", "https://pbx.example/oauth"]);
const TOLD_BY = new Set([
  "label",
  "placeholder",
  "title",
  "aria-label",
  "description",
  "alt",
  "text",
  "waiting",
]);

function written(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(file, "utf8"),
    ts.ScriptTarget.Latest,
    true,
    ts.ScriptKind.TSX,
  );
  const found: string[] = [];
  const keep = (text: string) => {
    if (/\p{L}/u.test(text) && !NO_LANGUAGE.has(text.trim())) found.push(text.trim());
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) keep(node.text);
    if (ts.isJsxExpression(node) && node.expression && ts.isStringLiteralLike(node.expression)) {
      if (ts.isJsxElement(node.parent)) keep(node.expression.text);
    }
    if (ts.isJsxAttribute(node) && TOLD_BY.has(node.name.getText(source))) {
      const value = node.initializer;
      if (value && ts.isStringLiteral(value)) keep(value.text);
      if (
        value &&
        ts.isJsxExpression(value) &&
        value.expression &&
        ts.isStringLiteralLike(value.expression)
      ) {
        keep(value.expression.text);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test("no screen has a text of its own", () => {
  const top = resolve(import.meta.dirname, "../..");
  const files = readdirSync(top, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".tsx"),
  );
  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap((name) => written(join(top, name)).map((text) => `${name}: ${text}`))).toEqual([]);
}, 60_000);

test.each([
  ["Sign in first.", "Сначала войдите."],
  ["A password has at least 8 characters.", "В пароле должно быть не меньше 8 знаков."],
  ["You have no right to add customers.", "У вас нет права добавлять покупателей."],
  ["The redirect address is not a URL.", "Адрес возврата не похож на адрес в сети."],
  [
    "The name is wrong: This value is too long. It should have 50 characters or less.",
    "Имя не подходит. Слишком длинно: можно не больше 50 знаков.",
  ],
  ["This value should be between 1 and 5.", "Здесь может быть число от 1 до 5."],
  ["Something that nobody has put into Russian yet.", null],
])("a refusal in Russian: %s", (sentence, expected) => {
  expect(inRussian(sentence)).toBe(expected);
});

test("a refusal has the blanks of its Russian", () => {
  const source = readFileSync(resolve(import.meta.dirname, "refusals.ts"), "utf8");
  const pairs = [...source.matchAll(/^ {2}("[^\n]*"):\s*("[^\n]*"),$/gm)];
  expect(pairs.length).toBeGreaterThan(100);
  const more = pairs.filter(
    ([, english = "", russian = ""]) => russian.split("{}").length > english.split("{}").length,
  );
  expect(more.map(([, english]) => english)).toEqual([]);
});
