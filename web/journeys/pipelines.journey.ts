// Pipelines, stages and fields are set, and an open board and an open card show it without being opened anew.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { en as english } from "../src/app/texts/en";
import { fields as fieldsInEnglish } from "../src/app/texts/fields.en";
import { fields } from "../src/app/texts/fields.ru";
import { pipelines as pipelinesInEnglish } from "../src/app/texts/pipelines.en";
import { pipelines } from "../src/app/texts/pipelines.ru";
import { ru } from "../src/app/texts/ru";
import { launch, listen, personOf, SOON, sound } from "./browser";
import { start, type Trubka } from "./trubka";

let browser: Browser;
let trubka: Trubka;
let olga: Page;
let work: Page; // the same person at work, in another tab
const complaints: string[][] = [];

beforeAll(async () => {
  browser = await launch();
  trubka = await start({ demo: true });
  const context = await personOf(browser, { language: "ru", scheme: "light" });
  olga = await context.newPage();
  complaints.push(listen(olga));
  await olga.goto(trubka.link);
  await olga.locator("button[type=submit]").click();
  await olga.waitForURL(`${trubka.base}/`);
  work = await context.newPage();
  complaints.push(listen(work));
});
afterAll(async () => {
  await browser.close();
  await trubka.end();
});

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const named = (text: string, name: string) => text.replace("{{name}}", name);
const column = (name: string) =>
  work.locator("[data-stage]").filter({ has: work.getByRole("heading", { name, exact: true }) });
const rows = (page: Page) => page.locator("section [data-row] input");
const names = () => rows(olga).evaluateAll((found) => found.map((each) => (each as HTMLInputElement).value));

async function rename(label: string, name: string): Promise<void> {
  const field = olga.getByLabel(label, { exact: true });
  await field.fill(name);
  await field.press("Enter");
}

/** The same screen as an English reader sees it by night, on a narrow window. */
async function inEnglish(path: string, look: (page: Page) => Promise<void>): Promise<void> {
  const kept = await olga.context().storageState();
  const speak = (language: string) =>
    olga.evaluate(
      (language) =>
        fetch("/desk/person", {
          method: "PATCH",
          headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
          body: JSON.stringify({ language }),
        }),
      language,
    );
  await speak("en");
  const page = await (
    await personOf(browser, { language: "en", scheme: "dark", width: 1024 }, kept)
  ).newPage();
  const heard = listen(page);
  await page.goto(`${trubka.base}/settings/${path}`);
  await look(page);
  await sound(page, `${path} in English`);
  expect(heard).toEqual([]);
  await page.context().close();
  await speak("ru");
}

test("a stage comes, gets a name and a place, and goes; the open board follows", async () => {
  await work.goto(`${trubka.base}/leads`);
  await work.locator("[data-stage]").first().waitFor();
  await olga.goto(`${trubka.base}/settings/pipelines`);
  await rows(olga).first().waitFor();
  const before = await names();
  await sound(olga, "pipelines");

  await olga.getByLabel(pipelines.newStage).fill("Доставка");
  await olga.keyboard.press("Enter");
  await column("Доставка").waitFor();
  await rename(named(pipelines.stage, "Доставка"), "Отгрузка");
  await column("Отгрузка").waitFor();
  await column("Доставка").waitFor({ state: "detached" });

  const handle = () => button(olga, named(pipelines.move, "Отгрузка"));
  await handle().focus();
  for (let at = before.length; at > 0; at--) {
    const moved = olga.waitForResponse((answer) => answer.request().method() === "PATCH");
    await olga.keyboard.press("ArrowUp");
    expect((await moved).status()).toBe(200);
    await expect.poll(async () => (await names()).indexOf("Отгрузка"), SOON).toBe(at - 1);
    await expect.poll(() => handle().evaluate((it) => it === document.activeElement), SOON).toBe(true);
  }
  await expect.poll(() => work.locator("[data-stage] h2").first().textContent(), SOON).toBe("Отгрузка");

  // By the mouse to the third place.
  const [from, to] = [await handle().boundingBox(), await rows(olga).nth(2).boundingBox()];
  if (!from || !to) throw new Error("nothing to draw");
  const drawn = olga.waitForResponse((answer) => answer.request().method() === "PATCH");
  await olga.mouse.move(from.x + 8, from.y + 8);
  await olga.mouse.down();
  await olga.mouse.move(to.x + 20, to.y + 10, { steps: 4 });
  await olga.mouse.up();
  expect((await drawn).status()).toBe(200);
  await expect.poll(async () => (await names()).indexOf("Отгрузка"), SOON).toBe(2);

  await button(olga, named(pipelines.color, "Отгрузка")).click();
  await olga.getByRole("radio").nth(10).waitFor();
  await sound(olga, "colours");
  await olga.getByRole("radio").nth(18).click();
  await olga.getByRole("radio").first().waitFor({ state: "detached" });

  // A stage in which leads stand says where they go.
  const first = before[0] ?? "";
  await button(olga, named(pipelines.deleteStage, first)).click();
  const question = olga.getByRole("dialog");
  await question.getByText(before[1] ?? "").waitFor();
  await sound(olga, "a stage goes");
  await button(olga, ru.act.delete).click();
  await question.waitFor({ state: "detached" });
  await column(first).waitFor({ state: "detached" });
  await expect.poll(names, SOON).toEqual([before[1], "Отгрузка", ...before.slice(2)]);
  await inEnglish("pipelines", async (page) => {
    await page.getByLabel(pipelinesInEnglish.newStage).waitFor();
  });
  expect(complaints.flat()).toEqual([]);
});

test("a pipeline comes, is the main one, and goes when it has no leads", async () => {
  await olga.goto(`${trubka.base}/settings/pipelines`);
  await rows(olga).first().waitFor();
  await olga.keyboard.press("n");
  await olga.getByRole("dialog").getByLabel(ru.field.title).fill("Повторные");
  await sound(olga, "a new pipeline");
  await button(olga, ru.act.create).click();
  await olga.getByRole("heading", { name: named(pipelines.open, "Повторные") }).waitFor();
  const more = async (deed: string) => {
    await button(olga, `${ru.act.more}: Повторные`).click();
    await olga.getByRole("menuitem", { name: deed }).click();
  };
  await more(pipelines.makeMain);
  await olga
    .locator(`[data-row]`)
    .filter({ hasText: pipelines.main })
    .getByLabel(named(pipelines.rename, "Повторные"))
    .waitFor();
  await more(ru.act.delete);
  await button(olga, ru.act.delete).click();
  await olga.getByRole("dialog").waitFor({ state: "detached" });
  await olga.getByLabel(named(pipelines.rename, "Повторные")).waitFor({ state: "detached" });
  expect(complaints.flat()).toEqual([]);
});

test("a list is made, filled in in an open card, and says what is lost when it goes", async () => {
  const contact = await olga.evaluate(async () => {
    const answer = await fetch("/api/v4/contacts", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
      body: JSON.stringify([{ name: "Пётр Полевой" }]),
    });
    return ((await answer.json()) as { _embedded: { contacts: { id: number }[] } })._embedded.contacts[0]?.id;
  });
  await work.goto(`${trubka.base}/contacts/${String(contact)}`);
  await work.getByRole("heading", { name: "Пётр Полевой" }).waitFor();
  await olga.goto(`${trubka.base}/settings/fields`);
  await olga.locator("[data-row]").first().waitFor();
  await sound(olga, "fields");
  await olga.keyboard.press("n");
  const dialog = olga.getByRole("dialog");
  await dialog.getByLabel(ru.field.title).fill("Источник");
  await dialog.getByRole("combobox", { name: fields.type }).click();
  await olga.getByRole("option", { name: fields.types.select, exact: true }).click();
  const value = (number: number) =>
    dialog.getByLabel(fields.value.replace("{{number}}", String(number)), { exact: true });
  await value(1).fill("Сайт");
  await button(olga, fields.addValue).click();
  await value(2).fill("Выставка");
  await dialog.getByRole("switch", { name: fields.required }).click();
  await sound(olga, "a new field");
  await button(olga, ru.act.create).click();
  await dialog.waitFor({ state: "detached" });
  await olga.getByLabel(named(fields.rename, "Источник"), { exact: true }).waitFor();

  const row = work.locator("dl > div").filter({ has: work.getByText("Источник", { exact: true }) });
  await row.waitFor();
  await row.getByRole("button").first().click();
  const saved = work.waitForResponse((answer) => answer.request().method() === "PATCH");
  await work.getByRole("option", { name: "Выставка", exact: true }).click();
  expect((await saved).status()).toBe(200);
  await row.getByText("Выставка").waitFor();

  await rename(named(fields.rename, "Источник"), "Откуда узнали");
  await work.getByText("Откуда узнали", { exact: true }).waitFor();
  const more = async (deed: string) => {
    await button(olga, `${ru.act.more}: Откуда узнали`).click();
    await olga.getByRole("menuitem", { name: deed }).click();
  };
  await more(fields.editDeed);
  await button(olga, named(fields.deleteValue, "Выставка")).click();
  await dialog.getByText(fields.valueGone_one.replace("{{count}}", "1")).waitFor();
  await sound(olga, "a value goes");
  await button(olga, ru.act.cancel).click();
  await inEnglish("fields", async (page) => {
    await button(page, fieldsInEnglish.add).waitFor();
    await page.getByRole("radiogroup").getByText(fieldsInEnglish.kinds.leads).click();
    await page.getByRole("heading", { name: fieldsInEnglish.empty }).waitFor();
    await button(page, fieldsInEnglish.add).click();
    await page.getByRole("dialog").getByLabel(english.field.title).waitFor();
  });
  await more(ru.act.delete);
  await dialog.getByText(fields.deleteText_one.replace("{{count}}", "1")).waitFor();
  await sound(olga, "a field goes");
  await button(olga, ru.act.delete).click();
  await dialog.waitFor({ state: "detached" });
  await work.getByText("Откуда узнали", { exact: true }).waitFor({ state: "detached" });
  expect(complaints.flat()).toEqual([]);
});
