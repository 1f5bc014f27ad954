// The first run of a real company: three steps that notice by themselves what is done, from the first key to a call.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { en as t } from "../src/app/texts/en";
import { guide as g } from "../src/app/texts/guide.en";
import { guide as inRussian } from "../src/app/texts/guide.ru";
import { launch, listen, personOf, SOON, sound } from "./browser";
import { start, type Trubka } from "./trubka";

let browser: Browser;
let trubka: Trubka;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launch();
  trubka = await start({ demo: false });
  page = await (await personOf(browser, { language: "en", scheme: "light" })).newPage();
  complaints = listen(page);
  await page.goto(trubka.link);
  await page.getByLabel(t.field.company, { exact: true }).fill("Cedar Doors");
  await page.getByLabel(t.field.yourName, { exact: true }).fill("Olga Peters");
  await page.getByLabel(t.field.email, { exact: true }).fill("olga@cedar.example");
  await page.getByLabel(t.field.password, { exact: true }).fill("Correct horse 12");
  await page.locator("button[type=submit]").click();
  await page.waitForURL(`${trubka.base}/`);
});
afterAll(async () => {
  await browser.close();
  await trubka.end();
});

const guide = () => page.getByRole("region", { name: g.title });
const step = (place: number) => guide().getByRole("listitem").nth(place);
const button = (name: string) => guide().getByRole("button", { name, exact: true });

test("it can be put off, and is there again", async () => {
  await guide().waitFor();
  await sound(page, "three steps");
  await button(g.skip).click();
  await page.getByText(g.skipped).waitFor();
  await page.reload();
  await page.getByRole("button", { name: g.resume }).click();
  await guide().waitFor();
});

test("what is not there yet is said", async () => {
  await guide().getByText(g.asterisk).click();
  await guide().getByText(g.asteriskText).waitFor();
  await guide().getByText(g.http, { exact: true }).click();
});

test("a key, an extension, and a call that comes up by itself", async () => {
  await step(2).getByText(g.needsPhone).waitFor();
  await button(g.makeKey).click();
  await guide().getByText(g.waiting).waitFor();
  const command = guide().getByLabel(g.command, { exact: true });
  expect(await command.textContent()).toContain("openssl dgst -sha256");
  await guide().getByRole("textbox", { name: g.mine }).fill("207");
  await page.keyboard.press("Enter");
  await step(1).getByRole("img", { name: g.done }).waitFor();
  await expect.poll(() => command.textContent(), SOON).toContain("207");
  await sound(page, "three steps with a key");
  // It hangs up when its card was seen: a slow machine may take longer than the call.
  let letGo: (nothing: undefined) => void = () => undefined;
  const held = new Promise<undefined>((done) => (letGo = done));
  await page.route("**/pbx/events", async (route) => {
    if (route.request().postData()?.includes("hung_up")) await held;
    await route.continue();
  });
  await button(g.ring).click();
  await page.getByRole("region", { name: t.incoming.label }).getByRole("article").waitFor();
  letGo(undefined);
  await step(0).getByRole("img", { name: g.done }).waitFor();
  await step(2).getByText(g.ended).waitFor();
  await step(2).getByRole("img", { name: g.done }).waitFor();
  await guide().getByText(g.allDone).waitFor();
});

test("whoever comes back finds it done, and a lost secret is made anew", async () => {
  await page.reload();
  await guide().getByText(g.allDone).waitFor();
  await guide().getByText(g.secretGone).waitFor();
  await button(g.newSecret).click();
  const question = page.getByRole("dialog", { name: g.newSecretAsk });
  await question.getByText(g.newSecretText).waitFor();
  await sound(page, "a question before a new secret");
  await question.getByRole("button", { name: t.act.cancel, exact: true }).click();
  await question.waitFor({ state: "detached" });
  await guide().getByText(g.secretGone).waitFor();
  await button(g.newSecret).click();
  await question.getByRole("button", { name: g.newSecret, exact: true }).click();
  await question.waitFor({ state: "detached" });
  await guide().getByText(g.secretOnce).waitFor();
  await page.evaluate(() =>
    fetch("/desk/person", {
      method: "PATCH",
      headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
      body: JSON.stringify({ language: "ru" }),
    }),
  );
  await page.reload();
  await page.getByRole("region", { name: inRussian.title }).waitFor();
  await page.getByRole("button", { name: inRussian.close, exact: true }).click();
  await page.getByRole("region", { name: inRussian.title }).waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
});
