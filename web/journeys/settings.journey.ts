// The settings of calls: lines with their plans and hours, and who would ring now. In both languages and both lights.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { en } from "../src/app/texts/en";
import { logs as enLogs } from "../src/app/texts/logs.en";
import { logs as ruLogs } from "../src/app/texts/logs.ru";
import { ru } from "../src/app/texts/ru";
import { launch, listen, personOf, SOON, sound } from "./browser";
import { start, type Trubka } from "./trubka";

const LINE = "+7 495 000-00-01";

let browser: Browser;
let trubka: Trubka;
let olga: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launch();
  trubka = await start({ demo: true });
  olga = await (await personOf(browser, { language: "ru", scheme: "dark" })).newPage();
  complaints = listen(olga);
  await olga.goto(trubka.link);
  await olga.locator("button[type=submit]").click();
  await olga.waitForURL(`${trubka.base}/`);
  // The demo company has a line and phones from the start; here they are made by hand.
  await olga.evaluate(async () => {
    const ask = async (method: string, path: string, body?: object): Promise<Response> => {
      const answer = await fetch(path, {
        method,
        headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
      return answer;
    };
    const { lines } = (await (await ask("GET", "/desk/routing")).json()) as { lines: { id: number }[] };
    for (const { id } of lines) await ask("DELETE", `/desk/lines/${String(id)}`);
    const { users } = (await (await ask("GET", "/desk/users")).json()) as { users: { id: number }[] };
    for (const { id } of users) await ask("PUT", `/desk/extensions/${String(id)}`, { extensions: [] });
  });
});
afterAll(async () => {
  await browser.close();
  await trubka.end();
});

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: label }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

/** The same page as an English reader sees it by day. */
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
    await personOf(browser, { language: "en", scheme: "light", width: 1024 }, kept)
  ).newPage();
  const heard = listen(page);
  await page.goto(`${trubka.base}/settings/${path}`);
  await look(page);
  await sound(page, `${path} in English`);
  expect(heard).toEqual([]);
  await page.context().close();
  await speak("ru");
}

test("a line gets its hours and its plan, and says who would ring now", async () => {
  await olga.goto(`${trubka.base}/settings/lines`);
  await olga.getByRole("heading", { name: ru.lines.empty }).waitFor();
  await sound(olga, "no lines");

  await button(olga, ru.hours.add).click();
  const hours = olga.getByRole("dialog");
  await hours.getByLabel(ru.field.title, { exact: true }).fill("Будни");
  await hours.getByLabel(ru.hours.day0, { exact: true }).fill("с девяти");
  await button(olga, ru.act.create).click();
  await hours.getByRole("alert").waitFor();
  expect(await hours.getByRole("alert").textContent()).toContain(ru.hours.day0);
  for (const day of [0, 1, 2, 3, 4, 5, 6] as const) {
    await hours.getByLabel(ru.hours[`day${day}`], { exact: true }).fill("0:00-24:00");
  }
  await hours.getByLabel(ru.hours.holidays).fill("2030-01-01");
  await sound(olga, "hours");
  await button(olga, ru.act.create).click();
  await olga
    .getByRole("cell", { name: `Будни 1 ${ru.hours.special_one.replace("{{count}} ", "")}` })
    .waitFor();

  await olga.keyboard.press("n");
  const line = olga.getByRole("dialog");
  await line.getByLabel(ru.lines.number, { exact: true }).fill(LINE);
  await choose(olga, ru.lines.hours, "Будни");
  await button(line.page(), ru.lines.addStep).first().click();
  await choose(olga, ru.lines.step.replace("{{number}}", "2"), ru.lines.queue);
  await button(olga, ru.act.create).click();
  await line.getByText(ru.lines.unfinished.replace("{{number}}", "2")).waitFor();
  await line.getByPlaceholder(ru.lines.queueName).fill("sales");
  await sound(olga, "a line");
  await button(olga, ru.act.create).click();
  await line.waitFor({ state: "detached" });
  await olga.getByText(`${ru.lines.ownerShort} 20 с → очередь sales`).waitFor();

  const asked = olga.getByRole("region", { name: ru.lines.test });
  await asked.getByLabel(ru.lines.caller).fill("+7 900 555-44-33");
  await button(olga, ru.lines.ask).click();
  await asked.getByText(ru.reasons.open, { exact: true }).waitFor();
  await asked.getByText(ru.reasons.unknown, { exact: true }).waitFor();
  await asked.getByText(ru.reasons.queue.replace("{{word}}", "sales")).waitFor();
  await sound(olga, "lines");

  await olga.getByRole("button", { name: `${ru.act.more}: Будни` }).click();
  await olga.getByRole("menuitem", { name: ru.act.delete }).click();
  await button(olga, ru.act.delete).click();
  await olga.getByRole("dialog").getByRole("alert").waitFor(); // a line goes by them
  await button(olga, ru.act.cancel).click();
  await inEnglish("lines", async (page) => {
    await page.getByText(`${en.lines.ownerShort} 20 s → queue sales`).waitFor();
  });
  expect(complaints).toEqual([]);
});

test("a person gets phones, a number has one owner, and who is away says so", async () => {
  await olga.goto(`${trubka.base}/settings/phones`);
  const open = async (name: string, deed: string) => {
    await olga.getByRole("button", { name: `${ru.act.more}: ${name}` }).click();
    await olga.getByRole("menuitem", { name: deed, exact: true }).click();
  };
  await olga.getByRole("row").nth(2).waitFor();
  const names = await olga.getByRole("row").locator("td:first-child").allTextContents();
  const [anna = "", boris = ""] = names.map((each) => each.trim());
  const numbered = (text: string, number: number) => text.replace("{{number}}", String(number));

  await open(anna, ru.phones.edit);
  const dialog = olga.getByRole("dialog");
  await button(olga, ru.phones.add).click();
  await dialog.getByLabel(numbered(ru.phones.number, 1)).fill("101");
  await button(olga, ru.phones.add).click();
  await dialog.getByLabel(numbered(ru.phones.number, 2)).fill("+79161112233");
  await choose(olga, numbered(ru.phones.kind, 2), ru.phones.kinds.mobile);
  await dialog.getByText(ru.phones.byKeyText).waitFor(); // by itself for a mobile
  await sound(olga, "phones of a person");
  await button(olga, ru.act.save).click();
  await dialog.waitFor({ state: "detached" });
  await olga.getByText(`${ru.phones.kinds.mobile}, ${ru.phones.byKeyShort}`).waitFor();

  await open(boris, ru.phones.edit);
  await button(olga, ru.phones.add).click();
  await dialog.getByLabel(numbered(ru.phones.number, 1)).fill("101");
  await button(olga, ru.act.save).click();
  await dialog.getByText(ru.phones.taken.replace("{{number}}", "101").replace("{{name}}", anna)).waitFor();
  await button(olga, ru.act.cancel).click();

  await open(boris, ru.phones.absence);
  await dialog.getByLabel(ru.phones.awayUntil, { exact: true }).fill("2099-01-01T09:00");
  await choose(olga, ru.phones.deputyField, anna);
  await sound(olga, "absence");
  await button(olga, ru.act.save).click();
  await olga.getByText(ru.phones.deputy.replace("{{name}}", anna)).waitFor();
  await sound(olga, "extensions");
  await inEnglish("phones", async (page) => {
    await page.getByText(en.phones.deputy.replace("{{name}}", anna)).waitFor();
  });
  expect(complaints).toEqual([]);
});

test("recordings are kept as long as is said, and a shorter time is asked for", async () => {
  await olga.goto(`${trubka.base}/settings/recordings`);
  await olga.getByRole("switch", { name: ruLogs.keeping.forever }).click();
  await olga.getByLabel(ruLogs.keeping.days, { exact: true }).fill("90");
  await button(olga, ru.act.save).click();
  await olga.getByRole("dialog").waitFor();
  await sound(olga, "keeping asked");
  await button(olga, ruLogs.keeping.yes).click();
  await olga.getByRole("dialog").waitFor({ state: "detached" });
  await sound(olga, "keeping");
  await inEnglish("recordings", async (page) => {
    const days = page.getByLabel(enLogs.keeping.days, { exact: true });
    await expect.poll(() => days.inputValue(), SOON).toBe("90");
  });
  expect(complaints).toEqual([]);
});
