// After a call: the result window, by keys alone. A reload keeps the draft, a gap in the net saves once, and who types
// elsewhere is not disturbed.
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ru as t } from "../src/app/texts/ru";
import { launch, listen, personOf, sound } from "./browser";
import { start, type Trubka } from "./trubka";

const KNOWN = "+7 916 555-01-01";
const UNKNOWN = "+7 916 555-02-02";

let trubka: Trubka;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];
let recordings: Server;
let me = 0;
let contact = 0;

/** Two sides: one speaks for two seconds, nobody for four, the other for two. */
function wav(): Buffer {
  const rate = 8000;
  const body = Buffer.alloc(rate * 8 * 4);
  for (let place = 0; place < rate * 8; place++) {
    const second = place / rate;
    const tone = Math.round(Math.sin(place * 0.35) * 9000);
    body.writeInt16LE(second < 2 ? tone : 0, place * 4);
    body.writeInt16LE(second >= 6 ? tone : 0, place * 4 + 2);
  }
  const head = Buffer.alloc(44);
  head.write("RIFF", 0).toString();
  head.writeUInt32LE(36 + body.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 4, 28);
  head.writeUInt16LE(4, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(body.length, 40);
  return Buffer.concat([head, body]);
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await context.request.fetch(`${trubka.base}${path}`, {
    method,
    headers: { "X-Requested-With": "trubka", Origin: trubka.base },
    ...(body === undefined ? {} : { data: body }),
  });
  expect(answer.ok(), `${method} ${path}: ${answer.ok() ? "" : await answer.text()}`).toBe(true);
  return (answer.status() === 204 ? null : await answer.json()) as T;
}

const now = () => Math.floor(Date.now() / 1000);

const talked = (more: object) =>
  ask("POST", "/api/v4/calls", [
    {
      direction: "inbound",
      phone: KNOWN,
      duration: 50,
      source: "journey",
      call_responsible: me,
      created_at: now() - 60,
      ...more,
    },
  ]);

beforeAll(async () => {
  recordings = createServer((_, answer) => answer.setHeader("Content-Type", "audio/wav").end(wav()));
  await new Promise<void>((ready) => recordings.listen(0, "127.0.0.1", ready));
  process.env.TRUBKA_PRIVATE_NETWORKS = "127.0.0.0/8";
  browser = await launch();
  trubka = await start({ demo: true });
  context = await personOf(browser, { language: "ru", scheme: "light" });
  page = await context.newPage();
  complaints = listen(page);
  await page.goto(trubka.link);
  await page.getByRole("button", { name: t.link.signInSubmit, exact: true }).click();
  await page.waitForURL(`${trubka.base}/`);
  me = (await ask<{ user: { id: number } }>("GET", "/desk/me")).user.id;
  const made = await ask<{ _embedded: { contacts: { id: number }[] } }>("POST", "/api/v4/contacts", [
    {
      name: "Пётр Дверной",
      custom_fields_values: [{ field_code: "PHONE", values: [{ value: KNOWN }] }],
    },
  ]);
  contact = made._embedded.contacts[0]?.id ?? 0;
});
afterAll(async () => {
  await browser.close();
  await trubka.end();
  recordings.close();
});

const dialog = () => page.getByRole("dialog", { name: t.result.title });
const note = () => dialog().getByRole("textbox", { name: t.result.note });
const status = (name: string) => dialog().getByRole("button", { name, pressed: true });
const waits = async (): Promise<{ id: number }[]> =>
  (await ask<{ calls: { id: number }[] }>("GET", "/desk/calls/to-finish")).calls;

/** Until the host has asked what waits: what ends before that does not open by itself. */
const ready = () =>
  page.waitForFunction(() =>
    performance.getEntriesByType("resource").some((each) => each.name.endsWith("/desk/calls/to-finish")),
  );

test("it opens by itself at the end of a call, and a reload keeps what was typed", async () => {
  await page.goto(`${trubka.base}/contacts`);
  await ready();
  await page.waitForLoadState("networkidle");
  const { port } = recordings.address() as AddressInfo;
  await talked({ link: `http://127.0.0.1:${String(port)}/1.wav` });
  await dialog().waitFor();
  await dialog().getByRole("heading", { name: "Пётр Дверной" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  await status(t.result.status.s4).waitFor();
  await page.keyboard.type("Хочет десять дверей");
  await page.keyboard.press("Alt+Digit2");
  await status(t.result.status.s2).waitFor();
  await page.keyboard.press("Alt+Digit8");
  await page.keyboard.press("Alt+Digit8");
  await status(t.result.due.tomorrow).waitFor();
  await dialog().getByText(t.result.draft).waitFor();
  await sound(page, "the result window");
  await page.reload();
  await dialog().waitFor();
  expect(await note().inputValue()).toBe("Хочет десять дверей");
  await status(t.result.status.s2).waitFor();
  await status(t.result.due.tomorrow).waitFor();
});

test("its recording is played by a key", async () => {
  const slider = dialog().getByRole("slider", { name: t.player.place });
  await slider.waitFor();
  await page.keyboard.press("Alt+Digit0");
  await dialog().getByRole("button", { name: t.player.pause }).waitFor();
  await page.waitForFunction(
    (name) =>
      Number(document.querySelector(`[role=slider][aria-label="${name}"]`)?.getAttribute("aria-valuenow")) >
      0,
    t.player.place,
  );
  await page.keyboard.press("Alt+Digit0");
  await dialog().getByRole("button", { name: t.player.play }).waitFor();
});

test("another card is chosen by keys, and Esc there closes only the choice", async () => {
  await page.keyboard.press("Alt+Digit9");
  const choice = page.getByRole("dialog", { name: t.result.choose });
  await choice.waitFor();
  await page.keyboard.press("Escape");
  await choice.waitFor({ state: "detached" });
  expect(await dialog().count()).toBe(1);
  await page.keyboard.press("Alt+Digit9");
  await choice.waitFor();
  await page.keyboard.press("Enter");
  await choice.waitFor({ state: "detached" });
  await dialog().getByText(t.result.bound).waitFor();
  await dialog().getByRole("button", { name: t.result.keep }).click();
});

test("Esc puts it away and loses nothing; the bar counts it", async () => {
  await note().focus();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  await page.getByRole("button", { name: /1 звонок ждёт итога/ }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await dialog().waitFor();
  expect(await note().inputValue()).toBe("Хочет десять дверей");
});

test("without a connection it is kept, and saved once when it is back", async () => {
  await note().focus();
  await context.setOffline(true);
  await page.keyboard.press("Enter");
  await dialog().waitFor({ state: "detached" });
  await page.getByText(/1 итог ждёт связи/).waitFor();
  await context.setOffline(false);
  await page.getByText(/1 итог ждёт связи/).waitFor({ state: "detached" });
  expect(await waits()).toEqual([]);
  const told = await ask<{ _embedded: { notes: { params: Record<string, unknown> }[] } }>(
    "GET",
    `/api/v4/contacts/${String(contact)}/notes`,
  );
  expect(told._embedded.notes.map((each) => [each.params.call_status, each.params.call_result])).toEqual([
    [2, "Хочет десять дверей"],
  ]);
  const tasks = await ask<{ _embedded: { tasks: unknown[] } }>(
    "GET",
    `/api/v4/tasks?filter[entity_type]=contacts&filter[entity_id]=${String(contact)}`,
  );
  expect(tasks._embedded.tasks).toHaveLength(1);
});

test("who types elsewhere is not disturbed, and the commonest outcome is one key", async () => {
  await page.keyboard.press("/");
  const search = page.getByRole("dialog", { name: t.search.label });
  await search.waitFor();
  await page.keyboard.type("Две");
  await talked({ created_at: now() - 70 });
  await page.getByText(/1 звонок ждёт итога/).waitFor();
  await page.keyboard.type("рной");
  expect(await search.getByRole("combobox").inputValue()).toBe("Дверной");
  expect(await dialog().count()).toBe(0);
  await page.keyboard.press("Escape");
  await search.waitFor({ state: "detached" });
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await status(t.result.status.s4).waitFor();
  await page.keyboard.press("Enter");
  await dialog().waitFor({ state: "detached" });
  await page.getByText(/ждёт итога/).waitFor({ state: "detached" });
  expect(await waits()).toEqual([]);
});

test("an unknown caller becomes a contact with a lead, and leaves the unsorted", async () => {
  const pbx = await ask<{ key_id: string; secret: string }>("POST", "/desk/pbxes", {
    kind: "asterisk",
    name: "Офис",
  });
  await ask("PUT", `/desk/extensions/${String(me)}`, { extensions: [{ number: "901" }] });
  const began = now() - 40;
  const body = JSON.stringify({
    signals: [
      { signal: "ringing", call: "j1", at: began, number: UNKNOWN, agent: "901", line: "+7 495 000-00-01" },
      { signal: "answered", call: "j1", at: began + 5, agent: "901" },
      { signal: "hung_up", call: "j1", at: began + 35, cause: 16 },
    ],
  });
  const moment = String(now());
  const told = await context.request.post(`${trubka.base}/pbx/events`, {
    headers: {
      "Content-Type": "application/json",
      "X-Trubka-Key": pbx.key_id,
      "X-Trubka-Time": moment,
      "X-Trubka-Signature": createHmac("sha256", pbx.secret).update(`${moment}.${body}`).digest("hex"),
    },
    data: body,
  });
  expect(told.ok(), await told.text()).toBe(true);
  await dialog().getByRole("heading", { name: UNKNOWN }).waitFor();
  await dialog().getByText(t.result.noCard).waitFor();
  await page.keyboard.type("Спросил про окна");
  await page.keyboard.press("Alt+Digit9");
  await page.keyboard.type("Ольга Окнова");
  expect(await dialog().getByRole("checkbox", { name: t.result.withLead }).isChecked()).toBe(true);
  await sound(page, "the result of an unknown caller");
  await page.waitForTimeout(600); // an Enter right after it has opened by itself was meant for something else
  await page.keyboard.press("Enter");
  await dialog().waitFor({ state: "detached" });
  const found = await ask<{ found: { entity: string; name: string }[] }>(
    "GET",
    `/desk/search?query=${encodeURIComponent("Окнова")}`,
  );
  expect(found.found.map((each) => each.entity).sort()).toEqual(["contacts", "leads"]);
  const unsorted = await ask<{ groups: { phone: string }[] }>("GET", "/desk/unsorted");
  expect(unsorted.groups.filter((each) => each.phone === UNKNOWN)).toEqual([]);
  expect(complaints).toEqual([]);
});
