// A card's day: its fields are changed where they stand, a colleague gets in between, notes and tasks come and go, a lead is
// made for it; a long story scrolls; and the list of tasks is worked through by keys.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { en as t } from "../src/app/texts/en";
import { launch, listen, personOf, SOON, sound } from "./browser";
import { start, type Trubka } from "./trubka";

const MANY = 500; // notes, more than is loaded at once

let browser: Browser;
let trubka: Trubka;
let page: Page;
let complaints: string[];
let contact = 0;

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
const change = (what: string) => button(t.card.edit.replace("{{what}}", what));
const value = (name: string) => page.locator("dl > div", { has: page.locator("dt", { hasText: name }) });
const story = () => page.getByRole("group", { name: t.timeline.title });

/** What somebody else does meanwhile, by the same session. */
const ask = (method: string, path: string, body?: object) =>
  page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(path, {
        method,
        headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${path}: ${String(answer.status)}`);
      return (answer.status === 204 ? null : await answer.json()) as Record<string, unknown>;
    },
    [method, path, body] as const,
  );

beforeAll(async () => {
  browser = await launch();
  trubka = await start({ demo: true });
  page = await (await personOf(browser, { language: "en", scheme: "dark" })).newPage();
  complaints = listen(page);
  await page.goto(trubka.link);
  await page.locator("button[type=submit]").click();
  await page.waitForURL(`${trubka.base}/`);
  await ask("PATCH", "/desk/person", { language: "en" });
  const made = await ask("POST", "/api/v4/contacts", [{ name: "Ivan Sidorov" }]);
  contact = (made as { _embedded: { contacts: { id: number }[] } })._embedded.contacts[0]?.id ?? 0;
  await page.goto(`${trubka.base}/contacts/${String(contact)}`);
  await page.getByRole("heading", { level: 1, name: "Ivan Sidorov" }).waitFor();
});
afterAll(async () => {
  await browser.close();
  await trubka.end();
});

test("a field is changed where it stands: Enter saves, Esc gives up", async () => {
  await change("Email").click();
  await page.getByRole("textbox", { name: "Email", exact: true }).fill("nobody@example.com");
  await page.keyboard.press("Escape");
  expect(await page.getByText("nobody@example.com").count()).toBe(0);
  await change("Email").click();
  await page.getByRole("textbox", { name: "Email", exact: true }).fill("ivan@example.com");
  await page.keyboard.press("Enter");
  await value("Email").getByText("ivan@example.com").waitFor();
  await story().getByText("ivan@example.com").waitFor();
  await sound(page, "a card");
});

test("what a colleague has changed meanwhile is not overwritten unasked", async () => {
  await change(t.field.name).click();
  await page.getByRole("textbox", { name: t.field.name, exact: true }).fill("Ivan the Late");
  await ask("PATCH", `/api/v4/contacts/${String(contact)}`, { name: "Ivan the First" });
  await page.keyboard.press("Enter");
  await page.getByText(t.card.taken).waitFor();
  await page.getByRole("alert").getByText("Ivan the First").waitFor();
  await button(t.card.keepTheirs).click();
  await page.getByRole("heading", { level: 1, name: "Ivan the First" }).waitFor();
});

test("a note comes by N, and is pinned", async () => {
  await page.keyboard.press("n");
  await page.getByRole("textbox", { name: t.card.note }).fill("Wants doors by Friday");
  await page.keyboard.press("Enter");
  await story().getByText("Wants doors by Friday").first().waitFor();
  await story().getByText("Wants doors by Friday").first().hover();
  await button(t.timeline.pin).first().click();
  await story().getByText(t.timeline.pinned, { exact: true }).waitFor();
});

test("a task comes by T, and is done with a word of result", async () => {
  await page.keyboard.press("t");
  await page.getByRole("textbox", { name: t.tasks.text }).fill("Send the bill");
  await page.keyboard.press("Alt+3");
  await page.keyboard.press("Enter");
  const open = page.getByRole("region", { name: t.tasks.open });
  await open.getByText("Send the bill").waitFor();
  await open.getByRole("button", { name: t.tasks.complete.replace("{{what}}", "Send the bill") }).click();
  await page.getByRole("textbox", { name: t.tasks.result }).fill("paid at once");
  await page.keyboard.press("Enter");
  await story().getByText("paid at once").waitFor();
  await open.waitFor({ state: "detached" });
});

test("a lead is made for the contact, moved on, and its sum is a number", async () => {
  await button(t.create.leads).click();
  const form = page.getByRole("dialog", { name: t.create.leads });
  await form.getByLabel(t.field.title, { exact: true }).fill("Doors");
  await sound(page, "a new lead");
  await page.keyboard.press("Enter");
  await form.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Doors", exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name: "Doors" }).waitFor();
  await page.getByRole("link", { name: "Ivan the First" }).first().waitFor();

  await change(t.card.price).click();
  await page.getByRole("textbox", { name: t.card.price, exact: true }).fill("much");
  await page.keyboard.press("Enter");
  await page.getByText(t.card.noNumber).waitFor();
  await page.getByRole("textbox", { name: t.card.price, exact: true }).fill("12 500");
  await page.keyboard.press("Enter");
  await value(t.card.price)
    .getByText(/12,500/)
    .waitFor();

  await change(t.card.stage).click();
  await page.getByRole("option").nth(2).click();
  await story().getByText(t.timeline.change.lead_status_changed).waitFor();
});

test("whoever has the number already is shown while it is typed", async () => {
  const field = [{ field_code: "PHONE", values: [{ value: "+79995550011" }] }];
  await ask("PATCH", `/api/v4/contacts/${String(contact)}`, { custom_fields_values: field });
  await page.keyboard.press("c");
  const form = page.getByRole("dialog", { name: t.create.contacts });
  await form.getByLabel(t.field.phone, { exact: true }).fill("8 999 555-00");
  await form.getByText(t.create.same).waitFor();
  await form.getByRole("link", { name: "Ivan the First" }).click();
  await page.getByRole("heading", { level: 1, name: "Ivan the First" }).waitFor();
});

test("a long story scrolls, and only what is in sight is made", async () => {
  for (let from = 0; from < MANY; from += 250) {
    const notes = Array.from({ length: 250 }, (_, index) => ({
      note_type: "common",
      params: { text: `Note number ${String(from + index)}` },
      created_at: 1_700_000_000 + from + index,
    }));
    await ask("POST", `/api/v4/contacts/${String(contact)}/notes`, notes);
  }
  await page.reload();
  await story().waitFor();
  await expect
    .poll(async () => {
      await story().evaluate((place) => {
        place.scrollTop = place.scrollHeight;
      });
      return story().getByText("Note number 0", { exact: true }).count();
    }, SOON)
    .toBe(1);
  expect(await story().getByRole("article").count()).toBeLessThan(100);
});

test("tasks are worked through by keys", async () => {
  const due = Math.floor(Date.now() / 1000) - 3600;
  const about = { entity_id: contact, entity_type: "contacts" };
  await ask("POST", "/api/v4/tasks", [
    { text: "Long overdue", complete_till: due, ...about },
    { text: "Also late", complete_till: due + 60 },
  ]);
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await page.getByRole("heading", { level: 1, name: t.tasks.title }).waitFor();
  await page.getByText("Long overdue").waitFor();
  await sound(page, "tasks");
  await page.keyboard.press("j");
  await page.keyboard.press("5");
  await page.getByRole("heading", { level: 2, name: t.tasks.when.later }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: t.tasks.result }).fill("done by phone");
  await page.keyboard.press("Enter");
  await page.getByText("Long overdue").waitFor({ state: "detached" });
  await button(t.tasks.when.done).click();
  await page.getByText("done by phone").waitFor();
  expect(complaints).toEqual([]);
});
