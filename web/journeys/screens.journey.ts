// Pictures of every screen in both languages and both lights, for people to look at: `make screenshots`.
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { en } from "../src/app/texts/en";
import { ru } from "../src/app/texts/ru";
import { launch, listen, type Look, personOf, type State } from "./browser";
import { start, type Trubka } from "./trubka";

const FOLDER = resolve(import.meta.dirname, "../../screenshots");
const PHONES: Look[] = [
  { language: "ru", scheme: "light", width: 400 },
  { language: "en", scheme: "dark", width: 400 },
];
const LOOKS: Look[] = [
  ...(["ru", "en"] as const).flatMap((language) =>
    (["light", "dark"] as const).map((scheme) => ({ language, scheme })),
  ),
  ...PHONES,
];
const NARROW: Look[] = [
  { language: "ru", scheme: "light", width: 1024 },
  { language: "en", scheme: "dark", width: 1024 },
];
const MAIN = ["", "leads", "contacts", "calls", "tasks", "unsorted"];
const OTHERS = ["leads/list", "companies", "customers", "calls?charts=true"];
const EMPTY_LOOKS: Look[] = [
  { language: "ru", scheme: "light" },
  { language: "en", scheme: "dark" },
  ...PHONES,
];
const SETTINGS = [
  "me",
  "sessions",
  "company",
  "people",
  "groups",
  "roles",
  "lines",
  "phones",
  "recordings",
  "integrations",
  "tokens",
  "webhooks",
  "audit",
];
const SETTLED = 150; // ms
const SOON = { timeout: 60_000, polling: 500 }; // ms

// Screens that are wider than their window: on a phone, a part of them would have to be looked for.
const cutOff: string[] = [];

let browser: Browser;
let empty: Trubka;
// Each language has a company that speaks it.
let demos: Record<Look["language"], { trubka: Trubka; state: State }>;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  browser = await launch();
  empty = await start({ demo: false });
  const [ru, en] = [await settled("ru"), await settled("en")];
  demos = { ru, en };
});
afterAll(async () => {
  await browser.close();
  await Promise.all([empty, demos.ru.trubka, demos.en.trubka].map((each) => each.end()));
});

async function settled(language: Look["language"]): Promise<{ trubka: Trubka; state: State }> {
  const trubka = await start({ demo: "weeks", language });
  const context = await personOf(browser, { language, scheme: "light" });
  const page = await context.newPage();
  await page.goto(trubka.link);
  await page.locator("button[type=submit]").click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForURL(`${trubka.base}/`);
  await furnish(page);
  // Its two weeks of calls are made while one looks already.
  await page.waitForFunction(
    async () => {
      const answer = await fetch("/desk/calls?limit=1");
      return ((await answer.json()) as { calls: unknown[] }).calls.length > 0;
    },
    undefined,
    SOON,
  );
  const state = await context.storageState();
  await context.close();
  return { trubka, state };
}

/** What the demo company has not, and a settled company has. */
async function furnish(page: Page): Promise<void> {
  const given: [string, object][] = [
    ["/desk/groups", { name: "Отдел поддержки" }],
    ["/desk/roles", { name: "Продавец", rights: rights("G", "M") }],
    ["/desk/roles", { name: "Руководитель отдела", rights: rights("A", "G") }],
    ["/desk/users", { name: "Вера Новикова", email: "vera@romashka.example" }],
    ["/desk/integrations", { name: "Звонки с сайта", redirect_uri: "https://calls.example/oauth" }],
    ["/desk/integrations", { name: "АТС в офисе" }],
    ["/desk/tokens", { name: "Выгрузка в 1С", days: 365 }],
    ["/desk/tokens", { name: "Скрипт дозвона", days: 30 }],
  ];
  for (const [path, body] of given) {
    const status = await page.evaluate(
      async ([path, body]) => {
        const answer = await fetch(path, {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
          body: JSON.stringify(body),
        });
        return answer.status;
      },
      [path, body] as const,
    );
    expect(status, path).toBeLessThan(300);
  }
}

function rights(view: string, edit: string): object {
  const cards = { view, edit, add: "A", delete: "D", export: "D" };
  return { leads: cards, contacts: cards, companies: cards, tasks: { edit, delete: "D" } };
}

const nameOf = (path: string) => (path === "" ? "home" : path.replace(/\?.*/, "-charts").replace("/", "-"));
const suffixOf = (look: Look) =>
  `${look.language}-${look.scheme}${look.width === undefined ? "" : `-${String(look.width)}`}`;

async function picture(page: Page, look: Look, name: string, rings = false): Promise<void> {
  if (!rings) await page.waitForLoadState("networkidle"); // while it rings, the icon changes again and again
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(SETTLED);
  await page.screenshot({ path: `${FOLDER}/${name}-${suffixOf(look)}.png`, animations: "disabled" });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wider > 0) cutOff.push(`${name}-${suffixOf(look)}: ${String(wider)} px`);
}

/** A page of somebody who is signed in, in the language of the look. */
async function signedIn(look: Look, base: string, kept: State): Promise<Page> {
  const page = await (await personOf(browser, look, kept)).newPage();
  await page.goto(base);
  await page.evaluate(
    (language) =>
      fetch("/desk/person", {
        method: "PATCH",
        headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
        body: JSON.stringify({ language }),
      }),
    look.language,
  );
  return page;
}

describe.each(LOOKS)("$language $scheme $width", (look) => {
  const t = look.language === "ru" ? ru : en;

  test("before the desk", async () => {
    const { base } = demos[look.language].trubka;
    const context = await personOf(browser, look);
    const page = await context.newPage();
    for (const [name, url] of [
      ["empty-installation", `${empty.base}/sign-in`],
      ["first-run", empty.link],
      ["used-link", `${base}/link#nothing`],
      ["sign-in", `${base}/sign-in`],
      ["not-found", `${base}/nothing`],
    ] as const) {
      await page.goto(url);
      await picture(page, look, name);
    }
    await context.close();
  });

  test("the desk", async () => {
    const { base } = demos[look.language].trubka;
    const page = await signedIn(look, base, demos[look.language].state);
    const complaints = listen(page);
    for (const path of [...MAIN, ...OTHERS, ...SETTINGS.map((name) => `settings/${name}`)]) {
      await page.goto(`${base}/${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await picture(page, look, nameOf(path));
    }
    await page.goto(`${base}/calls?recorded=true`);
    await page.getByRole("table").getByRole("link").first().click();
    await page.getByRole("group", { name: t.timeline.title }).getByRole("article").first().waitFor();
    await picture(page, look, "card");
    await page.goto(`${base}/contacts`);
    await page.getByRole("row").nth(1).getByRole("link").click();
    await picture(page, look, "contact");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await picture(page, look, "keys");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("/");
    await page.getByRole("combobox", { name: t.search.label }).waitFor();
    await page.keyboard.type("ан");
    await page.getByRole("option").first().waitFor();
    await picture(page, look, "search");
    await page.goto(`${base}/settings/people`);
    await page.getByRole("button", { name: t.people.invite, exact: true }).click();
    await page.getByRole("dialog").waitFor();
    await picture(page, look, "invite");
    await page.goto(`${base}/settings/integrations`);
    await page.getByRole("button", { name: t.integrations.add, exact: true }).click();
    await page.getByLabel(t.field.title, { exact: true }).fill("Обзвон");
    await page.getByRole("button", { name: t.act.create, exact: true }).click();
    await page.getByText(t.integrations.secret, { exact: true }).waitFor();
    await picture(page, look, "made-integration");
    const id = await page.getByLabel(t.integrations.clientId, { exact: true }).textContent();
    await page.goto(`${base}/oauth?client_id=${id ?? ""}`);
    await page.getByRole("button", { name: t.consent.allow }).waitFor();
    await picture(page, look, "consent");
    await page.goto(`${base}/settings/tokens`);
    await page.getByRole("button", { name: t.tokens.add, exact: true }).click();
    await page.getByLabel(t.tokens.name, { exact: true }).fill("АТС");
    await page.getByRole("button", { name: t.act.create, exact: true }).click();
    await page.getByText(t.tokens.try, { exact: true }).waitFor();
    await picture(page, look, "made-token");
    await page.goto(base);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.evaluate(() =>
      fetch("/desk/demo/ring", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
        body: JSON.stringify({ caller: "known", to: "me" }),
      }),
    );
    const card = page.getByRole("region", { name: t.incoming.label }).getByRole("article");
    await card.getByRole("link").first().waitFor();
    await picture(page, look, "ringing", true);
    await page.keyboard.press("a");
    await card.getByText(t.incoming.talking).waitFor();
    await picture(page, look, "talking");
    await page.keyboard.press("Alt+e");
    await page.getByRole("dialog", { name: t.result.title }).waitFor();
    await picture(page, look, "result");
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

test.each(NARROW)("the main screens $language $scheme $width", async (look) => {
  const { trubka, state } = demos[look.language];
  const page = await signedIn(look, trubka.base, state);
  for (const path of MAIN) {
    await page.goto(`${trubka.base}/${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await picture(page, look, nameOf(path));
  }
  await page.context().close();
});

describe("an empty company", () => {
  let kept: State;

  beforeAll(async () => {
    const context = await personOf(browser, { language: "ru", scheme: "light" });
    const page = await context.newPage();
    await page.goto(empty.link);
    await page.getByLabel(ru.field.company, { exact: true }).fill("Ромашка");
    await page.getByLabel(ru.field.yourName, { exact: true }).fill("Ольга Соколова");
    await page.getByLabel(ru.field.email, { exact: true }).fill("olga@romashka.example");
    await page.getByLabel(ru.field.password, { exact: true }).fill("Correct horse 12");
    await page.locator("button[type=submit]").click();
    await page.waitForURL(`${empty.base}/`);
    kept = await context.storageState();
    await context.close();
  });

  test.each(EMPTY_LOOKS)("$language $scheme $width", async (look) => {
    const page = await signedIn(look, empty.base, kept);
    for (const path of ["", "contacts", ...SETTINGS.map((name) => `settings/${name}`)]) {
      await page.goto(`${empty.base}/${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await picture(page, look, `empty-${path === "" ? "home" : path.replace("/", "-")}`);
    }
    await page.context().close();
  });
});

test("every screen fits its window", () => {
  expect(cutOff).toEqual([]);
});
