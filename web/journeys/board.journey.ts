// A day at the board: leads are carried by keys and by mouse, a refused one goes back, what a colleague does is seen, and
// a lost one has its reason.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ru as t } from "../src/app/texts/ru";
import { launch, personOf, sound } from "./browser";
import { start, type Trubka } from "./trubka";

let browser: Browser;
let trubka: Trubka;
let page: Page;

beforeAll(async () => {
  browser = await launch();
  trubka = await start({ demo: true });
  page = await (await personOf(browser, { language: "ru", scheme: "light" })).newPage();
  await page.goto(trubka.link);
  await page.locator("button[type=submit]").click();
  await page.waitForURL(`${trubka.base}/`);
});
afterAll(async () => {
  await browser.close();
  await trubka.end();
});

const stage = (place: number) => page.locator("[data-stage]").nth(place);
const first = (place: number) => stage(place).locator('[id^="lead-"]').first();
const idOf = async (place: number): Promise<string> => (await first(place).getAttribute("id")) ?? "";
const inside = (place: number, id: string) => stage(place).locator(`#${id}`);

test("a lead is carried by keys, and Esc gives it back", async () => {
  await page.goto(`${trubka.base}/leads`);
  await first(1).waitFor();
  await sound(page, "board");
  const id = await idOf(0);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press(" ");
  await page.keyboard.press("ArrowRight");
  await inside(1, id).waitFor();
  await page.keyboard.press("Escape");
  await inside(0, id).waitFor();
  await page.keyboard.press(" ");
  await page.keyboard.press("ArrowRight");
  const moved = page.waitForResponse((answer) => answer.request().method() === "PATCH");
  await page.keyboard.press(" ");
  expect((await moved).status()).toBe(200);
  await inside(1, id).waitFor();
  await page.reload();
  await inside(1, id).waitFor();
});

test("a lead is carried by the mouse, and back when it is refused", async () => {
  const carry = async (from: number, to: number) => {
    const [box, place] = [await first(from).boundingBox(), await stage(to).boundingBox()];
    if (!box || !place) throw new Error("nothing to carry");
    await page.mouse.move(box.x + 60, box.y + 70);
    await page.mouse.down();
    await page.mouse.move(box.x + 90, box.y + 80);
    await page.mouse.move(place.x + 100, place.y + 200);
    await page.mouse.up();
  };
  const id = await idOf(0);
  const moved = page.waitForResponse((answer) => answer.request().method() === "PATCH");
  await carry(0, 2);
  expect((await moved).status()).toBe(200);
  await inside(2, id).waitFor();

  const other = await idOf(0);
  await page.route("**/api/v4/leads/*", (route) =>
    route.fulfill({
      status: 403,
      contentType: "application/problem+json",
      body: JSON.stringify({ status: 403, detail: "You have no right to put leads into this status." }),
    }),
  );
  await carry(0, 1);
  await page
    .getByText(/вернулась в/)
    .first()
    .waitFor();
  await inside(0, other).waitFor();
  await page.unroute("**/api/v4/leads/*");
});

test("what a colleague moves moves here, and a lost lead has its reason", async () => {
  const id = await idOf(0);
  const to = Number(await stage(1).getAttribute("data-stage"));
  await page.evaluate(
    ([id, status_id]) =>
      fetch(`/api/v4/leads/${id}`, {
        method: "PATCH",
        headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
        body: JSON.stringify({ status_id }),
      }),
    [id.replace("lead-", ""), to] as const,
  );
  await inside(1, id).waitFor();

  const lost = await idOf(0);
  await page.getByRole("group", { name: /./ }).first().focus();
  await page.keyboard.press("ArrowDown");
  const at = await page.locator('[data-at="true"]').getAttribute("id");
  await page.keyboard.press(" ");
  for (let step = 0; step < 6; step++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press(" ");
  const window = page.getByRole("dialog");
  await window.getByRole("radio").first().waitFor();
  await sound(page, "why a lead is lost");
  const moved = page.waitForRequest((asked) => asked.method() === "PATCH");
  await window.getByRole("button", { name: t.board.lostDo }).click();
  expect((await moved).postDataJSON()).toMatchObject({
    status_id: 143,
    loss_reason_id: expect.any(Number) as number,
  });
  expect(lost).toBe(at);
});
