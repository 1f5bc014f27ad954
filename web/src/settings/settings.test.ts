import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { browserOf } from "./browserOf";
import { deedText, known, subjectText } from "./deeds";
import { FIRST, levelOf, levels, withLevel } from "./matrix";

test("a cell of the matrix changes only itself", () => {
  const changed = withLevel(FIRST, "contacts", "delete", "G");
  expect(levelOf(changed, "contacts", "delete")).toBe("G");
  expect({ ...changed, contacts: FIRST.contacts }).toEqual(FIRST);
  expect(FIRST.contacts.delete).toBe("D");
});

test.each([
  ["leads", "view", 4],
  ["contacts", "add", 2],
  ["tasks", "edit", 4],
  ["tasks", "export", 0],
] as const)("%s %s has %d levels", (thing, action, count) => {
  expect(levels(thing, action)).toHaveLength(count);
});

test.each([
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 YaBrowser/25.8.0.0 Safari/537.36",
    "Yandex Browser 25",
    "Windows",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox 143", "Linux"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
    "Safari 18",
    "iOS",
  ],
  ["curl/8.5.0", "curl 8", ""],
  ["", "", ""],
])("%s", (agent, browser, system) => {
  expect(browserOf(agent)).toEqual({ browser, system });
});

const row = { id: 1, at: 0, user_id: 7, address: "", details: {} };

test("every deed that the server writes down has words in both languages", () => {
  const top = resolve(import.meta.dirname, "../../../server/trubka/actions");
  const sources = readdirSync(top)
    .filter((name) => name.endsWith(".py"))
    .map((name) => readFileSync(join(top, name), "utf8"));
  const written = sources.flatMap((text) => {
    const calls = [
      ...text.matchAll(/\btold\(\s*tx,\s*(?:by|By\([^()]*(?:\[[^\]]*\][^()]*)*\)),\s*"([a-z_]+)"/g),
    ];
    return calls.map((call) => call[1] ?? "");
  });
  expect(written.length).toBeGreaterThan(15);
  expect(written.filter((deed) => !known.includes(deed))).toEqual([]);
});

test("a line of the audit list names what was done and to whom", () => {
  expect(deedText("role_added", "ru")).toBe("Создана роль");
  expect(deedText("something_new", "ru")).toBe("something new");
  const names: Record<string, string> = { "user 7001": "Anna", "integration a-b": "Calls" };
  const nameOf = (kind: string, id: string) => names[`${kind} ${id}`];
  expect(subjectText({ ...row, deed: "user_deactivated", subject: "7001" }, nameOf)).toBe("Anna");
  expect(subjectText({ ...row, deed: "user_deactivated", subject: "7002" }, nameOf)).toBe("7002");
  expect(subjectText({ ...row, deed: "code_made", subject: "a-b" }, nameOf)).toBe("Calls");
  expect(subjectText({ ...row, deed: "role_added", subject: "5", details: { name: "Seller" } }, nameOf)).toBe(
    "Seller",
  );
});
