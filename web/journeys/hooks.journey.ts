// A receiver of webhooks is down: the log says so, and once it is up again, what it has missed is sent from there.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { logs as en } from "../src/app/texts/logs.en";
import { logs as ru } from "../src/app/texts/logs.ru";
import { launch, listen, personOf, SOON, sound } from "./browser";
import { start, type Trubka } from "./trubka";

let browser: Browser;
let trubka: Trubka;
let receiver: Server;
let address: string;
let status = 500;
const came: string[] = [];
let olga: Page;
let complaints: string[];

beforeAll(async () => {
  receiver = createServer((request, answer) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => {
      came.push(`${String(request.headers["x-trubka-event"])} ${body}`);
      answer.writeHead(status).end();
    });
  });
  await new Promise<void>((listening) => receiver.listen(0, "127.0.0.1", listening));
  address = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/hook`;
  process.env.TRUBKA_PRIVATE_NETWORKS = "127.0.0.0/8";
  browser = await launch();
  trubka = await start({ demo: true });
  olga = await (await personOf(browser, { language: "ru", scheme: "light" })).newPage();
  complaints = listen(olga);
  await olga.goto(trubka.link);
  await olga.locator("button[type=submit]").click();
  await olga.waitForURL(`${trubka.base}/`);
});
afterAll(async () => {
  await browser.close();
  await trubka.end();
  receiver.close();
});

const posted = (page: Page, path: string, body: object): Promise<number> =>
  page.evaluate(
    async ([path, body]) =>
      (
        await fetch(path, {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
          body,
        })
      ).status,
    [path, JSON.stringify(body)] as const,
  );

test("what a receiver has missed is sent once it is up again", async () => {
  await olga.goto(`${trubka.base}/settings/webhooks`);
  await olga.getByRole("heading", { name: ru.webhooks.empty }).waitFor();
  await sound(olga, "no webhooks");
  expect(await posted(olga, "/api/v4/webhooks", { destination: address, settings: ["add_contact"] })).toBe(
    201,
  );
  expect(await posted(olga, "/api/v4/contacts", [{ name: "Иван Вебхуков" }])).toBe(200);

  await olga.goto(`${trubka.base}/settings/webhooks`);
  await olga.getByRole("link", { name: ru.webhooks.openOf.replace("{{address}}", address) }).click();
  const row = olga.getByRole("row").nth(1);
  await row.getByText("500", { exact: true }).waitFor();
  await row.getByText(ru.hook.is.waiting, { exact: true }).waitFor();
  await sound(olga, "a delivery that waits");
  await row.getByRole("button").first().click();
  await olga.getByRole("dialog").getByText("Иван Вебхуков", { exact: true }).waitFor();
  await sound(olga, "a body");
  await olga.keyboard.press("Escape");

  status = 200;
  await row.getByRole("button").last().click();
  await row.getByText(ru.hook.is.delivered, { exact: true }).waitFor();
  await row.getByText("200", { exact: true }).waitFor();
  expect(came.length).toBeGreaterThanOrEqual(2);
  expect(new Set(came).size).toBe(1);

  await olga.getByRole("button", { name: ru.hook.test }).click();
  await olga
    .getByRole("button", { name: new RegExp(`^${ru.hook.look.split(":")[0] ?? ""}: ${ru.hook.of.test}`) })
    .waitFor();
  await expect.poll(() => came.some((each) => each.startsWith("test ")), SOON).toBe(true);
  expect(complaints).toEqual([]);
});

test("the logs in English by night", async () => {
  const kept = await olga.context().storageState();
  await olga.evaluate(() =>
    fetch("/desk/person", {
      method: "PATCH",
      headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
      body: '{"language":"en"}',
    }),
  );
  const page = await (
    await personOf(browser, { language: "en", scheme: "dark", width: 1024 }, kept)
  ).newPage();
  const heard = listen(page);
  await page.goto(`${trubka.base}/settings/webhooks`);
  await page.getByText(en.webhooks.well).waitFor();
  await sound(page, "webhooks in English");
  await page.getByRole("link", { name: en.webhooks.openOf.replace("{{address}}", address) }).click();
  await page.getByText(en.hook.is.delivered, { exact: true }).first().waitFor();
  await sound(page, "the log in English");
  await page.goto(`${trubka.base}/settings/recordings`);
  await page.getByText(en.recordings.fetched, { exact: true }).first().waitFor();
  await sound(page, "recordings in English");
  expect(heard).toEqual([]);
  await page.context().close();
});
