// What fails in the background reaches whoever can act, stays until it is closed, and is closed on all screens at once.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alerts as en } from "../src/app/texts/alerts.en";
import { alerts as t } from "../src/app/texts/alerts.ru";
import { en as enPage } from "../src/app/texts/en";
import { logs } from "../src/app/texts/logs.ru";
import { ru as page } from "../src/app/texts/ru";
import { launch, listen, personOf, SOON, sound } from "./browser";
import { start, type Trubka } from "./trubka";

let browser: Browser;
let trubka: Trubka;
let receiver: Server;
let host = "";
let olga: Page;
let second: Page; // the same person's second tab
let token = "";
const complaints: string[][] = [];

beforeAll(async () => {
  receiver = createServer((request, answer) => {
    request.resume().on("end", () => answer.writeHead(500).end());
  });
  await new Promise<void>((listening) => receiver.listen(0, "127.0.0.1", listening));
  host = `127.0.0.1:${String((receiver.address() as AddressInfo).port)}`;
  process.env.TRUBKA_PRIVATE_NETWORKS = "127.0.0.0/8";
  browser = await launch();
  trubka = await start({ demo: true });
  const context = await personOf(browser, { language: "ru", scheme: "light" });
  olga = await context.newPage();
  complaints.push(listen(olga));
  await olga.goto(trubka.link);
  await olga.locator("button[type=submit]").click();
  await olga.waitForURL(`${trubka.base}/`);
  second = await context.newPage();
  complaints.push(listen(second));
  await second.goto(trubka.base);
  token = await olga.evaluate(async () => {
    const answer = await fetch("/desk/tokens", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
      body: JSON.stringify({ name: "Журнал", days: 1 }),
    });
    return ((await answer.json()) as { text: string }).text;
  });
});
afterAll(async () => {
  delete process.env.TRUBKA_PRIVATE_NETWORKS;
  await browser.close();
  await trubka.end();
  receiver.closeAllConnections();
  receiver.close();
});

async function post(path: string, body: object): Promise<void> {
  const answer = await fetch(`${trubka.base}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.ok, `${path}: ${String(answer.status)}`).toBe(true);
}

const happen = (count: number) =>
  post(
    "/api/v4/contacts",
    Array.from({ length: count }, () => ({ name: "Из журнала" })),
  );
const bell = (on: Page) => on.locator("#alerts");
const open = (on: Page, count: number) =>
  on.getByRole("button", { name: `${page.nav.alerts} ${String(count)}` });
const none = (on: Page) => on.getByRole("button", { name: page.nav.alerts, exact: true });
const panel = (on: Page) => on.getByRole("dialog", { name: t.title });
const focused = () => olga.evaluate(() => document.activeElement?.textContent ?? "");

test("nothing has gone wrong yet", async () => {
  await none(olga).click();
  await panel(olga).getByRole("heading", { name: t.empty }).waitFor();
  await sound(olga, "no alerts");
  await olga.keyboard.press("Escape");
  await panel(olga).waitFor({ state: "detached" });
  await expect.poll(() => bell(olga).evaluate((it) => it === document.activeElement), SOON).toBe(true);
});

test("a webhook that fails is told at once and takes no focus", async () => {
  await post("/api/v4/webhooks", { destination: `http://${host}/journal`, settings: ["add_contact"] });
  const link = olga.getByRole("link", { name: page.nav.contacts, exact: true });
  await link.focus();
  await happen(3);
  await olga.getByRole("status").getByText(t.webhookBad).waitFor();
  await open(olga, 1).waitFor();
  await open(second, 1).waitFor();
  expect(await link.evaluate((it) => it === document.activeElement)).toBe(true);
  await sound(olga, "a new alert");
});

test("it stays after a reload, and more of it is counted, not repeated", async () => {
  await olga.reload();
  await open(olga, 1).waitFor();
  await olga.keyboard.press("g");
  await olga.keyboard.press("a");
  const item = panel(olga).getByRole("listitem");
  await item.getByText(t.answered.replace("{{host}}", "127.0.0.1").replace("{{status}}", "500")).waitFor();
  await happen(1);
  await item.getByText(t.times_few.replace("{{count}}", "2")).waitFor();
  expect(await item.count()).toBe(1);
  await open(olga, 1).waitFor();
  await sound(olga, "alerts");
});

test("closed by a key in one tab, it is closed in the other", async () => {
  await none(second).or(open(second, 1)).click();
  await panel(second).getByRole("listitem").waitFor();
  await olga.keyboard.press("ArrowDown");
  await expect.poll(focused, SOON).toContain(t.webhookBad);
  await olga.keyboard.press("Delete");
  for (const on of [olga, second]) {
    await panel(on).getByRole("heading", { name: t.empty }).waitFor();
    await none(on).waitFor();
  }
  await olga.reload();
  await none(olga).waitFor();
});

test("it leads to where it is mended; and all are closed at once", async () => {
  for (const text of ["Поставщик не отвечает.", "Не удалось подключиться."]) {
    await olga.evaluate(
      (text) =>
        fetch("/desk/alerts", {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
          body: JSON.stringify({ header: "Мой виджет", text }),
        }),
      text,
    );
  }
  await happen(1);
  await open(olga, 3).click();
  await panel(olga).getByRole("link", { name: t.toWebhooks }).click();
  await olga.getByRole("heading", { level: 1, name: logs.webhooks.title }).waitFor();
  await panel(olga).waitFor({ state: "detached" });
  await open(olga, 3).click();
  await panel(olga).getByRole("button", { name: t.closeAll }).click();
  await panel(olga).getByRole("heading", { name: t.empty }).waitFor();
  await none(second).waitFor();
});

test("in English by night", async () => {
  await olga.evaluate(() =>
    fetch("/desk/person", {
      method: "PATCH",
      headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
      body: JSON.stringify({ language: "en" }),
    }),
  );
  const kept = await olga.context().storageState();
  const night = await (
    await personOf(browser, { language: "en", scheme: "dark", width: 1024 }, kept)
  ).newPage();
  complaints.push(listen(night));
  await night.goto(trubka.base);
  await happen(1);
  await night.getByRole("button", { name: `${enPage.nav.alerts} 1` }).click();
  const list = night.getByRole("dialog", { name: en.title });
  await list.getByText(en.webhookBad).waitFor();
  await sound(night, "alerts in English");
  await list.getByRole("button", { name: en.close.replace("{{header}}", en.webhookBad) }).click();
  await list.getByRole("heading", { name: en.empty }).waitFor();
});

test("nothing was complained of in the console", () => {
  expect(complaints.flat()).toEqual([]);
});
