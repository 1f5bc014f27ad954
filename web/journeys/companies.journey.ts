// Companies and the people in them: one person works in two, a forgotten password is mended by a link, the demo company is
// removed. In Russian, so that a refusal of the server is heard in it too.
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ru as t } from "../src/app/texts/ru";
import { launch, listen, type Look, personOf, sound } from "./browser";
import { start, type Trubka } from "./trubka";

const LOOK: Look = { language: "ru", scheme: "light" };
const OLGAS = "Correct horse 12";
const VERAS = "Battery staple 34";
const NEW = "Purple monkey 56";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const somebody = async (): Promise<Page> => (await personOf(browser, LOOK)).newPage();
const heading = (page: Page, name: string | RegExp) =>
  page.getByRole("heading", { level: 1, name }).waitFor();
const button = (place: Page | Locator, name: string) => place.getByRole("button", { name, exact: true });
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });

const openContacts = (page: Page) =>
  page.getByRole("navigation", { name: t.nav.main }).getByRole("link", { name: t.nav.contacts }).click();

async function signIn(page: Page, base: string, email: string, password: string): Promise<void> {
  await page.goto(`${base}/sign-in`);
  await field(page, t.field.email).fill(email);
  await field(page, t.field.password).fill(password);
  await button(page, t.signIn.submit).click();
}

async function removeDemo(page: Page): Promise<void> {
  await button(page, t.home.demoRemove).click();
  const question = page.getByRole("dialog", { name: t.home.demoAsk });
  await question.waitFor();
  await sound(page, "the question before the demo company is removed");
  await button(question, t.home.demoRemove).click();
}

describe("a person in two companies", () => {
  let trubka: Trubka;
  let olga: Page;
  let complaints: string[];
  let demo = "";

  beforeAll(async () => {
    trubka = await start({ demo: true });
    olga = await somebody();
    complaints = listen(olga);
    await olga.goto(trubka.link);
    await button(olga, t.link.signInSubmit).click();
    await button(olga, t.home.demoRemove).waitFor();
    demo = (await olga.getByRole("heading", { level: 1 }).textContent()) ?? "";
  });
  afterAll(async () => {
    await trubka.end();
  });

  test("comes into the second one by an invitation, and sees nothing of the first there", async () => {
    await trubka.say("account", "add", "Василёк");
    const told = await trubka.say("user", "add", "vasilek", "olga@demo.example", "--admin");
    const link = /\S+\/link#\S+/.exec(told)?.[0] ?? "";
    await olga.goto(`${trubka.base}/contacts`);
    await olga.getByRole("row").nth(1).waitFor();
    await olga.goto(`${trubka.base}/link${new URL(link).hash}`);
    await heading(olga, /Василёк/);
    await field(olga, t.field.password).fill(OLGAS);
    await button(olga, t.link.inviteSubmit).click();
    await heading(olga, "Василёк");
    await openContacts(olga);
    await olga.getByText(t.contacts.empty).waitFor();
  });

  test("goes to the other company and back", async () => {
    await olga.getByTitle(t.nav.switchCompany).click();
    await olga.getByRole("menuitem", { name: demo }).waitFor();
    await sound(olga, "menu of companies");
    await olga.getByRole("menuitem", { name: demo }).click();
    await heading(olga, demo);
    await openContacts(olga);
    await olga.getByRole("row").nth(1).waitFor();
    await olga.getByTitle(t.nav.switchCompany).click();
    await olga.getByRole("menuitem", { name: "Василёк" }).click();
    await heading(olga, "Василёк");
    await openContacts(olga);
    await olga.getByText(t.contacts.empty).waitFor();
  });

  test("is asked where to at sign-in, and comes to where they wanted", async () => {
    const elsewhere = await somebody();
    await elsewhere.goto(`${trubka.base}/contacts`);
    await heading(elsewhere, t.signIn.title);
    await field(elsewhere, t.field.email).fill("olga@demo.example");
    await field(elsewhere, t.field.password).fill(OLGAS);
    await button(elsewhere, t.signIn.submit).click();
    await heading(elsewhere, t.choose.title);
    await sound(elsewhere, "choice of a company");
    await elsewhere.getByRole("button", { name: demo }).click();
    await heading(elsewhere, t.contacts.title);
    await elsewhere.getByRole("row").nth(1).waitFor();
    await elsewhere.context().close();
  });

  test("a link mends a forgotten password once, and ends the sessions of the old one", async () => {
    await olga.getByTitle(t.nav.switchCompany).click();
    await olga.getByRole("menuitem", { name: demo }).click();
    await heading(olga, demo);
    await olga.goto(`${trubka.base}/settings/people`);
    await button(olga, t.people.invite).click();
    const form = olga.getByRole("dialog");
    await form.getByLabel(t.field.name, { exact: true }).fill("Вера Новикова");
    await form.getByLabel(t.field.email, { exact: true }).fill("vera@demo.example");
    await button(form, t.people.inviteSubmit).click();
    const vera = await somebody();
    await vera.goto((await form.locator("code").textContent()) ?? "");
    await field(vera, t.field.password).fill(VERAS);
    await button(vera, t.link.inviteSubmit).click();
    await heading(vera, demo);
    await button(form, t.act.done).click();

    await olga.reload();
    await button(olga, `${t.act.more}: Вера Новикова`).click();
    await olga.getByRole("menuitem", { name: t.people.resetLink }).click();
    const told = olga.getByRole("dialog", { name: t.people.resetTitle.replace("{{name}}", "Вера Новикова") });
    const link = (await told.locator("code").textContent()) ?? "";
    await sound(olga, "reset link");
    await button(told, t.act.done).click();

    const forgetful = await somebody();
    const secret = forgetful.getByRole("form").locator("input[type=password]");
    await forgetful.goto(link);
    await heading(forgetful, t.link.resetTitle);
    await sound(forgetful, "new password");
    await secret.fill("vera@demo.example");
    await button(forgetful, t.link.resetSubmit).click();
    await forgetful.getByText("Пароль не может совпадать с почтой.").waitFor();
    await secret.fill(NEW);
    await button(forgetful, t.link.resetSubmit).click();
    await heading(forgetful, demo);

    await vera.goto(`${trubka.base}/contacts`);
    await heading(vera, t.signIn.title);
    await signIn(vera, trubka.base, "vera@demo.example", VERAS);
    await vera.getByRole("alert").getByText(t.trouble.wrongSignIn).waitFor();
    await signIn(vera, trubka.base, "vera@demo.example", NEW);
    await heading(vera, demo);
    await vera.goto(link);
    await heading(vera, t.link.goneTitle);
    await vera.context().close();
    await forgetful.context().close();
  });

  test("nobody mends the password of a person who works elsewhere too, and it is said in Russian", async () => {
    const menu = olga.getByRole("row", { name: /olga@demo\.example/ }).getByRole("button");
    await menu.click();
    await olga.getByRole("menuitem", { name: t.people.resetLink }).click();
    await olga.getByText(/Этот человек работает и в другой компании/).waitFor();
  });

  test("the demo company goes, and the other one is there by itself", async () => {
    await olga.goto(trubka.base);
    await heading(olga, demo);
    await removeDemo(olga);
    await heading(olga, "Василёк");
    expect(await olga.getByTitle(t.nav.switchCompany).count()).toBe(0);
    expect(await olga.getByText(demo, { exact: true }).count()).toBe(0);
    await signIn(olga, trubka.base, "vera@demo.example", NEW);
    await olga.getByRole("alert").getByText(t.trouble.wrongSignIn).waitFor();
    expect(complaints).toEqual([]);
  });
});

test("the demo company goes from an installation that has no other, and the first form opens", async () => {
  const trubka = await start({ demo: true });
  try {
    const olga = await somebody();
    const complaints = listen(olga);
    await olga.goto(trubka.link);
    await button(olga, t.link.signInSubmit).click();
    await removeDemo(olga);
    await heading(olga, t.link.firstRunTitle);
    await field(olga, t.field.company).fill("Ромашка");
    await field(olga, t.field.yourName).fill("Ольга Соколова");
    await field(olga, t.field.email).fill("olga@romashka.example");
    await field(olga, t.field.password).fill(OLGAS);
    await button(olga, t.link.firstRunSubmit).click();
    await heading(olga, "Ромашка");
    expect(await button(olga, t.home.demoRemove).count()).toBe(0);
    expect(complaints).toEqual([]);
  } finally {
    await trubka.end();
  }
});
