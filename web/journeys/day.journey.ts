// The first day: an empty installation gets its company, a second person comes by a link, a token opens the API, and
// sessions end when they are told to. In both languages and both lights; every screen passes axe, no console complains.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { en } from "../src/app/texts/en";
import { ru } from "../src/app/texts/ru";
import { launch, listen, type Look, personOf, sound } from "./browser";
import { start, type Trubka } from "./trubka";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const PASSWORD = "Correct horse 12";
const ANNAS = "Battery staple 34";
const OTHERS = "Purple monkey 56";

const MOST_FIRST_LOAD = 300; // KB on the wire, everything counted: pages, fonts, data and headers

const LOOKS: Look[] = [
  { language: "ru", scheme: "dark" },
  { language: "en", scheme: "light" },
];

describe.each(LOOKS)("the first day, $language, $scheme", (look) => {
  const t = look.language === "ru" ? ru : en;
  let trubka: Trubka;
  let olga: Page;
  let complaints: string[];

  beforeAll(async () => {
    trubka = await start({ demo: false });
    olga = await (await personOf(browser, look)).newPage();
    complaints = listen(olga);
  });
  afterAll(async () => {
    await trubka.end();
  });

  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole("heading", { level: 1, name }).waitFor();
  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
  const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });

  test("an installation without a company says where its link is", async () => {
    await olga.goto(trubka.base);
    await heading(olga, t.signIn.firstRun);
    await sound(olga, "empty installation");
  });

  test("the link opens the first form, and the form the desk", async () => {
    await olga.goto(trubka.link);
    await heading(olga, t.link.firstRunTitle);
    await sound(olga, "first run");
    await field(olga, t.field.company).fill("Ромашка");
    await field(olga, t.field.yourName).fill("Ольга Соколова");
    await field(olga, t.field.email).fill("olga@romashka.example");
    await field(olga, t.field.password).fill(PASSWORD);
    await button(olga, t.link.firstRunSubmit).click();
    await heading(olga, "Ромашка");
    expect(await olga.evaluate(() => document.documentElement.lang)).toBe(look.language);
    expect(await olga.evaluate(() => document.documentElement.dataset.mantineColorScheme)).toBe(look.scheme);
    await olga.getByText(trubka.base, { exact: true }).waitFor();
    await sound(olga, "home");
  });

  test("the link works once", async () => {
    const stranger = await (await personOf(browser, look)).newPage();
    await stranger.goto(trubka.link);
    await heading(stranger, t.link.goneTitle);
    await sound(stranger, "used link");
    await stranger.context().close();
  });

  let annasLink = "";

  test("a second person is invited by a link that is shown once", async () => {
    await olga.keyboard.press("g");
    await olga.keyboard.press("p");
    await heading(olga, t.people.title);
    await sound(olga, "people");
    await olga.keyboard.press("n");
    const form = olga.getByRole("dialog");
    await form.waitFor();
    await sound(olga, "invitation");
    await form.getByLabel(t.field.name, { exact: true }).fill("Анна Петрова");
    await form.getByLabel(t.field.email, { exact: true }).fill("anna@romashka.example");
    await form.getByRole("button", { name: t.people.inviteSubmit }).click();
    const code = form.locator("code");
    await code.waitFor();
    annasLink = (await code.textContent()) ?? "";
    expect(annasLink).toContain(`${trubka.base}/link`);
    await sound(olga, "invitation's link");
    await form.getByRole("button", { name: new RegExp(`^${t.act.copy}`) }).click();
    expect(await olga.evaluate(() => navigator.clipboard.readText())).toBe(annasLink);
    await form.getByRole("button", { name: t.act.done }).click();
    await olga.getByText(t.people.invited, { exact: true }).waitFor();
  });

  let anna: Page;

  test("the second person comes by it, and sees no administration", async () => {
    anna = await (await personOf(browser, look)).newPage();
    await anna.goto(annasLink);
    await heading(anna, new RegExp("Ромашка"));
    await sound(anna, "joining");
    await field(anna, t.field.password).fill(ANNAS);
    await button(anna, t.link.inviteSubmit).click();
    await heading(anna, "Ромашка");
    await sound(anna, "an agent's home");
    await anna.goto(`${trubka.base}/settings/people`);
    await anna.getByText(t.settings.onlyAdmin).waitFor();
    await sound(anna, "closed settings");
    await olga.reload();
    await olga.getByText(t.people.invited, { exact: true }).waitFor({ state: "detached" });
  });

  test("a token is made, shown once, and the API answers to it", async () => {
    await olga.goto(`${trubka.base}/settings/tokens`);
    await olga.getByText(t.tokens.empty).waitFor();
    await sound(olga, "no tokens");
    await button(olga, t.tokens.add).click();
    const form = olga.getByRole("dialog");
    await form.getByLabel(t.tokens.name, { exact: true }).fill("АТС в офисе");
    await sound(olga, "new token");
    await form.getByRole("button", { name: t.act.create }).click();
    const code = form.locator("code").first();
    await code.waitFor();
    await sound(olga, "made token");
    const token = (await code.textContent()) ?? "";
    const asked = (path: string) =>
      fetch(`${trubka.base}${path}`, { headers: { Authorization: `Bearer ${token}` } });
    const account = await asked("/api/v4/account");
    expect(account.status).toBe(200);
    expect(((await account.json()) as { name: string }).name).toBe("Ромашка");
    await form.getByRole("button", { name: t.act.done }).click();
    await olga.getByText("АТС в офисе").waitFor();
    expect(await olga.content()).not.toContain(token);

    const made = await fetch(`${trubka.base}/api/v4/contacts`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify([
        {
          name: "Иван Сидоров",
          custom_fields_values: [
            { field_code: "PHONE", values: [{ value: "+7 916 123-45-67", enum_code: "MOB" }] },
          ],
        },
      ]),
    });
    expect(made.status).toBe(200);

    await button(olga, t.tokens.revoke).click();
    await olga.getByRole("dialog").getByRole("button", { name: t.tokens.revoke }).click();
    await olga.getByText(t.tokens.empty).waitFor();
    expect((await asked("/api/v4/account")).status).toBe(401);
  });

  test("what the API brought is found by keys alone", async () => {
    await olga.keyboard.press("/");
    await olga.getByRole("combobox", { name: t.search.label }).waitFor();
    await sound(olga, "search");
    await olga.keyboard.type("8916123");
    await olga.getByRole("option", { name: /Иван Сидоров/ }).waitFor();
    await sound(olga, "found");
    await olga.keyboard.press("Enter");
    await heading(olga, "Иван Сидоров");
    await olga.getByText("+7 916 123-45-67").waitFor();
    await sound(olga, "contact");
    await olga.keyboard.press("g");
    await olga.keyboard.press("c");
    await olga.getByRole("row", { name: /Иван Сидоров/ }).waitFor();
    await sound(olga, "contacts");
    await olga.keyboard.press("j");
    await olga.keyboard.press("Enter");
    await heading(olga, "Иван Сидоров");
    await olga.keyboard.press("?");
    await olga.getByRole("dialog", { name: t.keys.title }).waitFor();
    await sound(olga, "keys");
    await olga.keyboard.press("Escape");
  });

  test("a role is made and a cell of its matrix changed", async () => {
    await olga.goto(`${trubka.base}/settings/roles`);
    await button(olga, t.roles.add).click();
    await olga.getByRole("dialog").getByLabel(t.roles.name, { exact: true }).fill("Продавец");
    await olga.getByRole("dialog").getByRole("button", { name: t.act.create }).click();
    const cell = olga.getByLabel(`${t.roles.contacts}: ${t.roles.delete}`);
    await cell.selectOption("M");
    await sound(olga, "roles");
    await button(olga, t.act.save).click();
    await olga.getByText(t.said.saved, { exact: true }).waitFor();
    await olga.reload();
    expect(await cell.inputValue()).toBe("M");
  });

  test("an integration shows its secret and code once, and its consent page leads back", async () => {
    await olga.goto(`${trubka.base}/settings/integrations`);
    await button(olga, t.integrations.add).click();
    const form = olga.getByRole("dialog");
    await form.getByLabel(t.field.title, { exact: true }).fill("Звонки");
    await form.getByLabel(t.integrations.redirect).fill(`${trubka.base}/settings/webhooks`);
    await form.getByRole("button", { name: t.act.create }).click();
    const id = await form.getByLabel(t.integrations.clientId, { exact: true }).textContent();
    await form.getByLabel(t.integrations.secret, { exact: true }).waitFor();
    await sound(olga, "made integration");
    await form.getByRole("button", { name: t.act.done }).click();
    await olga.goto(`${trubka.base}/oauth?client_id=${id ?? ""}&state=42`);
    await button(olga, t.consent.allow).waitFor();
    await sound(olga, "consent");
    await button(olga, t.consent.allow).click();
    await olga.waitForURL(/settings\/webhooks\?.*code=/);
    const back = new URL(olga.url()).searchParams;
    expect(back.get("state")).toBe("42");
    await sound(olga, "webhooks");
    await olga.goto(`${trubka.base}/oauth?client_id=nobody`);
    await heading(olga, t.consent.broken);
    await sound(olga, "no such integration");
  });

  test.each(["me", "sessions", "company", "groups", "integrations", "audit"] as const)(
    "settings: %s is sound",
    async (name) => {
      await olga.goto(`${trubka.base}/settings/${name}`);
      await heading(olga, t[name].title);
      await olga.waitForLoadState("networkidle");
      await sound(olga, name);
    },
  );

  test("a changed password ends one's other sessions", async () => {
    const elsewhere = await (await personOf(browser, look)).newPage();
    await elsewhere.goto(`${trubka.base}/sign-in`);
    await sound(elsewhere, "sign-in");
    await field(elsewhere, t.field.email).fill("anna@romashka.example");
    await field(elsewhere, t.field.password).fill("not this one");
    await button(elsewhere, t.signIn.submit).click();
    await elsewhere.getByRole("alert").getByText(t.trouble.wrongSignIn).waitFor();
    await sound(elsewhere, "refused sign-in");
    await field(elsewhere, t.field.password).fill(ANNAS);
    await button(elsewhere, t.signIn.submit).click();
    await heading(elsewhere, "Ромашка");

    await anna.goto(`${trubka.base}/settings/me`);
    await field(anna, t.field.presentPassword).fill(ANNAS);
    await field(anna, t.field.newPassword).fill(OTHERS);
    await button(anna, t.me.passwordSubmit).click();
    await anna.getByText(t.me.passwordDone).waitFor();
    await elsewhere.goto(`${trubka.base}/contacts`);
    await heading(elsewhere, t.signIn.title);
    expect(elsewhere.url()).toContain("to=%2Fcontacts");
    await field(elsewhere, t.field.email).fill("anna@romashka.example");
    await field(elsewhere, t.field.password).fill(OTHERS);
    await button(elsewhere, t.signIn.submit).click();
    await heading(elsewhere, t.contacts.title);

    await anna.goto(`${trubka.base}/settings/sessions`);
    await button(anna, t.sessions.endAll).click();
    await anna.getByText(t.sessions.onlyThis).waitFor();
    await elsewhere.reload();
    await heading(elsewhere, t.signIn.title);
    await elsewhere.context().close();
  });

  test("who is switched off is out at once", async () => {
    await olga.goto(`${trubka.base}/settings/people`);
    await button(olga, `${t.act.more}: Анна Петрова`).click();
    await olga.getByRole("menuitem", { name: t.people.deactivate }).click();
    await olga.getByRole("dialog").getByRole("button", { name: t.people.deactivate }).click();
    await olga.getByText(t.people.off, { exact: true }).waitFor();
    await anna.goto(`${trubka.base}/contacts`);
    await heading(anna, t.choose.none);
    await sound(anna, "no company");
    await anna.context().close();
  });

  test.each(["gzip", "br"] as const)("the first load is small in %s", async (encoding) => {
    const fresh = await (await personOf(browser, look)).newPage();
    const wire = await fresh.context().newCDPSession(fresh);
    await wire.send("Network.enable");
    const packed = new Set<string>();
    let bytes = 0;
    let requests = 0;
    wire.on("Network.responseReceived", ({ response }) => {
      requests += 1;
      if (/javascript|css/.test(response.mimeType))
        packed.add(response.headers["content-encoding"] ?? "plain");
    });
    wire.on("Network.loadingFinished", (each) => (bytes += each.encodedDataLength));
    await fresh.context().setExtraHTTPHeaders({ "accept-encoding": encoding });
    await fresh.context().addCookies(await olga.context().cookies());
    // What comes a second later does not count, however slow this machine is: here it never comes.
    await fresh.addInitScript((later) => {
      const after = window.setTimeout.bind(window);
      window.setTimeout = ((deed: () => void, ms = 0) => (ms >= later ? 0 : after(deed, ms))) as never;
    }, 1000);
    await fresh.goto(trubka.base);
    await heading(fresh, "Ромашка");
    await fresh.waitForLoadState("networkidle");
    const kilobytes = Math.round(bytes / 1000);
    // eslint-disable-next-line no-console -- the figure is what one wants to see
    console.info(`first load in ${encoding}, with fonts and data: ${kilobytes} KB in ${requests} answers`);
    expect([...packed].filter((each) => each !== "plain")).toEqual([encoding]);
    expect(kilobytes).toBeLessThanOrEqual(MOST_FIRST_LOAD);
    await fresh.context().close();
  });

  test("an unknown address has a screen of its own", async () => {
    await olga.goto(`${trubka.base}/nothing/here`);
    await heading(olga, t.notFound.title);
    await sound(olga, "no such page");
  });

  test("an outage is told, and everything goes on by itself after it", async () => {
    await olga.goto(`${trubka.base}/settings/people`);
    await heading(olga, t.people.title);
    await trubka.stop();
    await olga.getByRole("link", { name: t.settings.audit }).click();
    await olga.getByText(t.trouble.offlineNotice).waitFor();
    await sound(olga, "outage");
    await trubka.again();
    await olga.getByText(t.trouble.offlineNotice).waitFor({ state: "detached" });
    await heading(olga, t.audit.title);
    await olga.getByRole("table", { name: t.audit.title }).waitFor();
  });

  test("nothing was complained of in the console", () => {
    expect(complaints).toEqual([]);
  });
});
