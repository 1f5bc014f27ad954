// The tables over a company with thousands of cards, by keys and by mouse: columns and filters that are kept, all that fit a
// filter changed at once also while the server is away, what was refused told, and the file with what it should have.
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { en as t } from "../src/app/texts/en";
import { launch, listen, personOf, SOON, sound } from "./browser";
import { start, type Trubka } from "./trubka";

const CONTACTS = 3000; // more than are loaded, and than one request changes

let browser: Browser;
let trubka: Trubka;
let page: Page;
const complaints: string[][] = [];
const refused: string[] = [];

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
const list = (name: string) => page.getByRole("table", { name });
const rows = (name: string) => list(name).locator('[role="row"][aria-rowindex]');
const chosen = () => page.getByRole("region").getByRole("status").first();
const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};
/** Until the menu is there and its keys are on this item, the first. */
const onItem = (name: string) =>
  page.waitForFunction(
    (name) =>
      document.activeElement?.getAttribute("role") === "menuitem" &&
      document.activeElement.textContent.trim() === name,
    name,
  );
const asked = <T>(method: string, path: string, body?: object): Promise<T> =>
  page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(path, {
        method,
        headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
      return (answer.status === 204 ? null : await answer.json()) as never;
    },
    [method, path, body] as const,
  );
const counted = async (kind: string, filter: string): Promise<number> =>
  (await asked<{ count: number }>("GET", `/desk/table/${kind}/count?${filter}`)).count;
/** Its rows, and what it knows of its columns and filters: it has all its keys. */
const seen = async (title: string) => {
  await rows(title).first().waitFor();
  await button(t.table.columns).waitFor();
};
const open = async (path: string, title: string) => {
  await page.goto(`${trubka.base}/${path}`);
  await seen(title);
};

interface Person {
  id: number;
  name: string;
  email: string;
}
let people: Person[] = [];
const who = (login: string): Person => {
  const found = people.find((each) => each.email.startsWith(login));
  if (!found) throw new Error(login);
  return found;
};

beforeAll(async () => {
  browser = await launch();
  trubka = await start({ demo: true });
  await trubka.say("seed", "--contacts", String(CONTACTS), "--number", "2");
  page = await (await personOf(browser, { language: "en", scheme: "light" })).newPage();
  complaints.push(listen(page));
  page.on("response", (answer) => {
    if (answer.status() >= 400) refused.push(`${String(answer.status())} ${answer.url()}`);
  });
  await page.goto(trubka.link);
  await page.locator("button[type=submit]").click();
  await page.waitForURL(`${trubka.base}/`);
  await asked("PATCH", "/desk/person", { language: "en" });
  people = (await asked<{ users: Person[] }>("GET", "/desk/users")).users;
});
afterAll(async () => {
  await browser.close();
  await trubka.end();
});

test("columns are chosen, moved and made wider by keys, and are there again", async () => {
  await open("contacts", t.contacts.title);
  await press("v");
  const choice = page.getByRole("dialog", { name: t.table.columns });
  await choice.getByRole("checkbox", { name: t.table.column.id, exact: true }).focus();
  await press("Space");
  await list(t.contacts.title).getByRole("columnheader", { name: t.table.column.id }).waitFor();
  await choice.getByRole("checkbox", { name: t.table.column.email, exact: true }).focus();
  await press("Space");
  const left = choice.getByRole("button", { name: t.table.left.replace("{{name}}", t.table.column.id) });
  await left.focus();
  await press("Enter");
  await press("Escape");
  await choice.waitFor({ state: "detached" });
  const edge = page.getByRole("separator", { name: t.table.width.replace("{{name}}", t.table.column.phone) });
  await edge.focus();
  const kept = page.waitForResponse(
    (answer) =>
      answer.url().endsWith("/columns") &&
      (answer.request().postDataJSON() as { columns: { width: number }[] }).columns.some(
        (each) => each.width === 161,
      ),
  );
  await press("ArrowRight");
  await kept;
  const heads = () => list(t.contacts.title).getByRole("columnheader").allTextContents();
  const before = await heads();
  expect(before.slice(-2)).toEqual([t.table.column.id, t.table.column.updated_at]);
  expect(before).not.toContain(t.table.column.email);
  await page.reload();
  await seen(t.contacts.title);
  await expect.poll(heads, SOON).toEqual(before);
  await expect.poll(() => edge.getAttribute("aria-valuenow"), SOON).toBe("161");
  await sound(page, "a table");
});

test("a filter is made by keys, saved under a name, and opened again", async () => {
  await open("contacts", t.contacts.title);
  await press("f");
  const filter = page.getByRole("dialog", { name: t.table.filter });
  await filter.waitFor();
  await filter.getByRole("combobox", { name: t.table.responsible }).focus();
  await page.keyboard.type("Анна");
  await filter.getByRole("option", { name: /Анна/ }).waitFor();
  await press("ArrowDown", "Enter");
  await page.waitForURL(/owner=/);
  await press("Escape", "Escape");
  await filter.waitFor({ state: "detached" });
  const address = page.url();
  await press("s");
  await onItem(t.table.save);
  await press("Enter");
  const form = page.getByRole("dialog", { name: t.table.saveTitle });
  await form.getByRole("textbox", { name: t.table.saveName }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "INPUT");
  await page.keyboard.type("Those of Anna");
  await press("Enter");
  await form.waitFor({ state: "detached" });
  await button(t.table.clear).click();
  await page.waitForURL((url) => !url.search.includes("owner"));
  await page.reload();
  await seen(t.contacts.title);
  await press("s");
  await onItem("Those of Anna");
  await press("Enter");
  await page.waitForURL(address);
  await press("q");
  await page.keyboard.type("Иван");
  await page.waitForURL(/q=/);
  await press("Escape");
  await sound(page, "a narrow table");
});

test("all that fit a filter get a tag, and a server that is away meanwhile does not end it", async () => {
  const anna = `owner=${String(who("anna").id)}`;
  const count = await counted("contacts", anna);
  expect(count).toBeGreaterThan(500);
  await open(`contacts?owner=[${String(who("anna").id)}]`, t.contacts.title);
  await press("ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown");
  await chosen()
    .filter({ hasText: t.table.chosen_other.replace("{{count}}", "3") })
    .waitFor();
  await press("Control+a", "Control+a");
  await page.getByText(`${t.table.chosenAll}: ${count.toLocaleString("en")}`).waitFor();
  await press("l");
  const form = page.getByRole("dialog", { name: t.table.tagTitle });
  await form
    .getByRole("combobox", { name: t.table.tagAdd })
    .or(form.getByLabel(t.table.tagAdd))
    .first()
    .focus();
  await page.keyboard.type("Spring");
  await press("Enter");
  // The fourth is held until the word for waiting was seen.
  let letGo: (nothing: undefined) => void = () => undefined;
  const held = new Promise<undefined>((done) => (letGo = done));
  let turn = 0;
  await page.route("**/desk/table/contacts/change", async (route) => {
    turn += 1;
    if (turn === 4) await held;
    if (turn === 2) await route.fulfill({ status: 503, body: "{}", contentType: "application/problem+json" });
    else if (turn === 3) await route.abort("connectionreset");
    else await route.continue();
  });
  await form.getByRole("button", { name: t.table.apply }).focus();
  await press("Enter");
  await form.getByText(t.table.waits).waitFor();
  await sound(page, "a change of many that waits for the server");
  letGo(undefined);
  await form.waitFor({ state: "detached" });
  await page
    .getByText(t.table.done_other.replace("{{count}}", String(count)))
    .first()
    .waitFor();
  await page.unroute("**/desk/table/contacts/change");
  const tags = await asked<{ _embedded: { tags: { id: number; name: string }[] } }>(
    "GET",
    "/api/v4/contacts/tags?limit=250",
  );
  const tag = tags._embedded.tags.find((each) => each.name === "Spring");
  expect(await counted("contacts", `tag=${String(tag?.id)}`)).toBe(count);
  refused.length = 0; // the answer of the door in between
});

test("the file of a filter has a line for each of its cards, under the heads of the table", async () => {
  const count = await counted("contacts", `owner=${String(who("anna").id)}`);
  await press("Control+a", "Control+a", "x");
  const form = page.getByRole("dialog", { name: t.table.export });
  await form.waitFor();
  const saved = page.waitForEvent("download");
  await form.getByRole("button", { name: t.table.export }).focus();
  await press("Enter");
  const file = await saved;
  expect(file.suggestedFilename()).toBe("contacts.csv");
  const text = await readFile(await file.path(), "utf8");
  const lines = text.replace("\ufeff", "").trimEnd().split("\r\n");
  const heads = lines[0]?.split(";") ?? [];
  expect(heads.slice(0, 2)).toEqual([t.contacts.name, t.table.column.phone]);
  expect(lines).toHaveLength(count + 1);
  const owner = heads.indexOf(t.table.column.owner);
  expect(new Set(lines.slice(1).map((line) => line.split(";")[owner]))).toEqual(new Set([who("anna").name]));
  const numbers = lines.slice(1).map((line) => line.split(";")[heads.indexOf(t.table.column.id)]);
  expect(new Set(numbers).size).toBe(count);
});

test("by the mouse: a stretch of rows is given away, and some are deleted", async () => {
  await open("companies", t.table.companies);
  const boxes = list(t.table.companies).getByRole("cell").getByRole("checkbox");
  const names = await rows(t.table.companies).getByRole("link").allTextContents();
  await boxes.nth(1).click();
  await boxes.nth(4).click({ modifiers: ["Shift"] });
  await button(t.table.give).click();
  const form = page.getByRole("dialog", { name: t.table.giveTitle });
  await form.getByLabel(t.table.responsible).first().click();
  await page.getByRole("option", { name: who("clara").name }).click();
  await form.getByRole("button", { name: t.table.apply }).click();
  await form.waitFor({ state: "detached" });
  await expect
    .poll(async () => {
      const told = await asked<{ rows: { name: string; owner: number }[] }>(
        "GET",
        "/desk/table/companies?limit=50",
      );
      return told.rows.filter((row) => names.slice(1, 5).includes(row.name) && row.owner === who("clara").id)
        .length;
    }, SOON)
    .toBeGreaterThanOrEqual(4);
  const before = await counted("companies", "");
  await boxes.nth(0).click();
  await button(t.table.remove).click();
  const question = page.getByRole("dialog");
  await sound(page, "a deletion of many");
  await question.getByRole("button", { name: t.act.cancel }).click();
  expect(await counted("companies", "")).toBe(before);
  await button(t.table.remove).click();
  await question.getByRole("button", { name: t.act.delete }).click();
  await question.waitFor({ state: "detached" });
  expect(await counted("companies", "")).toBe(before - 1);
});

test("leads that are loaded are moved on, more than one file's piece of them is written, and it can be stopped", async () => {
  await open("leads/list", t.table.leads);
  await expect
    .poll(async () => {
      await press("End");
      return list(t.table.leads).getAttribute("aria-rowcount");
    }, SOON)
    .not.toBe("-1");
  const count = await counted("leads", "");
  expect(count).toBeGreaterThan(500);
  await press("Home", "Control+a");
  await chosen()
    .filter({ hasText: t.table.chosen_other.replace("{{count}}", String(count)) })
    .waitFor();
  await press("x");
  const form = page.getByRole("dialog", { name: t.table.export });
  const saved = page.waitForEvent("download");
  await form.getByRole("button", { name: t.table.export }).click();
  const text = await readFile(await (await saved).path(), "utf8");
  expect(text.trimEnd().split("\r\n")).toHaveLength(count + 1);

  await press("m");
  const move = page.getByRole("dialog", { name: t.table.moveTitle });
  await move.getByRole("combobox").or(move.getByLabel(t.table.status)).first().focus();
  await press("ArrowDown", "ArrowDown", "Enter");
  // Held until it was stopped: a quick machine would be done before.
  let letGo: (nothing: undefined) => void = () => undefined;
  const held = new Promise<undefined>((done) => (letGo = done));
  let turn = 0;
  await page.route("**/desk/table/leads/change", async (route) => {
    turn += 1;
    if (turn === 2) await held;
    await route.continue();
  });
  await move.getByRole("button", { name: t.table.apply }).click();
  await move.getByText(t.table.doing.replace("{{done}}", "100").replace("{{of}}", String(count))).waitFor();
  await move.getByRole("button", { name: t.table.stop }).click();
  letGo(undefined);
  await move.getByText(t.table.stopped).waitFor();
  await move.getByText(t.table.done_other.replace("{{count}}", "200")).waitFor();
  await press("Escape");
  await page.unroute("**/desk/table/leads/change");
});

test("customers have their table too", async () => {
  await page.goto(`${trubka.base}/customers`);
  await page.getByRole("heading", { level: 1, name: t.table.customers }).waitFor();
});

test("an agent changes what is theirs, and is told what stays as it was, and why", async () => {
  const anna = await (await personOf(browser, { language: "en", scheme: "dark" })).newPage();
  const { link } = await asked<{ link: string }>("POST", `/desk/users/${String(who("anna").id)}/link`, {});
  const rights = { view: "A", edit: "M", add: "A", delete: "D", export: "M" };
  const role = await asked<{ id: number }>("POST", "/desk/roles", {
    name: "Sees all",
    rights: { contacts: rights, leads: rights, companies: rights },
  });
  await asked("PATCH", `/desk/users/${String(who("anna").id)}`, { role_id: role.id });
  page = anna;
  complaints.push(listen(page));
  await page.goto(link);
  await page.locator("input[type=password]").first().fill("Correct horse 12");
  await press("Enter");
  await page.getByRole("navigation").waitFor();
  await asked("PATCH", "/desk/person", { language: "en" });
  await open("contacts?order=created_at", t.contacts.title);
  await press("Control+a", "l");
  const form = page.getByRole("dialog", { name: t.table.tagTitle });
  await form.getByLabel(t.table.tagAdd).first().focus();
  await page.keyboard.type("Summer");
  await press("Enter");
  await form.getByRole("button", { name: t.table.apply }).focus();
  await press("Enter");
  await form.getByText(/left as they were/).waitFor();
  await form.getByText(/no right/).waitFor();
  await sound(page, "what was refused");
  await press("Escape");
  await form.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement !== document.body);
  expect(complaints.flat()).toEqual([]);
  expect(refused).toEqual([]);
});
