// What came in, worked through by keys alone: who waits for a call back, the unsorted, and the history of calls.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ru as t } from "../src/app/texts/ru";
import { launch, listen, type Look, personOf, SOON, sound } from "./browser";
import { start, type Trubka } from "./trubka";

const LOOK: Look = { language: "ru", scheme: "dark" };
const KNOWN = "+79165550011";
const STRANGER = "+79165550022";

let browser: Browser;
let trubka: Trubka;
let olga: Page;
let complaints: string[];
let refused: string[];
let token = "";

beforeAll(async () => {
  browser = await launch();
  trubka = await start({ demo: true });
  olga = await (await personOf(browser, LOOK)).newPage();
  complaints = listen(olga);
  refused = [];
  await olga.goto(trubka.link);
  await olga.getByRole("button", { name: t.link.signInSubmit, exact: true }).click();
  await olga.getByText(t.today.noDebts).waitFor();
  olga.on("response", (answer) => {
    if (answer.status() >= 400) refused.push(`${String(answer.status())} ${answer.url()}`);
  });
  token = await olga.evaluate(async () => {
    const answer = await fetch("/desk/tokens", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Requested-With": "trubka" },
      body: JSON.stringify({ name: "АТС", days: 1 }),
    });
    return ((await answer.json()) as { text: string }).text;
  });
});
afterAll(async () => {
  await browser.close();
  await trubka.end();
});

async function post<T>(path: string, body: object): Promise<T> {
  const answer = await fetch(`${trubka.base}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

const now = () => Math.floor(Date.now() / 1000);
const missed = (uniq: string, phone: string, ago: number) => ({
  direction: "inbound",
  phone,
  duration: 0,
  source: "АТС",
  call_status: 6,
  uniq,
  created_at: now() - ago,
});
const press = async (...keys: string[]) => {
  for (const key of keys) await olga.keyboard.press(key);
};
/** A window that has closed leaves the keys somewhere. */
const focused = () => olga.waitForFunction(() => document.activeElement !== document.body);
const part = (name: string) => olga.getByRole("region", { name });
const heading = (name: string) => olga.getByRole("heading", { level: 1, name }).waitFor();

describe("whom we owe a call", () => {
  test("a missed call appears by itself, counted, and the next one of the same number is the same debt", async () => {
    await post("/api/v4/contacts", [
      {
        name: "Иван Сидоров",
        custom_fields_values: [{ field_code: "PHONE", values: [{ value: KNOWN, enum_code: "MOB" }] }],
      },
    ]);
    await post("/api/v4/calls", [missed("m1", KNOWN, 7200)]);
    await part(t.today.debts).getByRole("link", { name: "Иван Сидоров" }).waitFor();
    await post("/api/v4/calls", [missed("m2", KNOWN, 60)]);
    await part(t.today.debts).getByText(t.today.called_few.replace("{{count}}", "2")).waitFor();
    await sound(olga, "today");
  });

  test("it is given to a colleague, and closed with a reason", async () => {
    await press("j", "o");
    const give = olga.getByRole("dialog", { name: /Кто перезвонит/ });
    await give.getByRole("combobox").waitFor();
    await olga.keyboard.type("Анна");
    await olga.getByRole("option", { name: /Анна/ }).waitFor();
    await press("ArrowDown", "Enter");
    await give.getByRole("button", { name: t.today.give, exact: true }).focus();
    await press("Enter");
    await give.waitFor({ state: "detached" });
    await focused();
    await part(t.today.debts).getByText(/Анна/).waitFor();

    await press("e");
    const close = olga.getByRole("dialog", { name: /Не перезванивать/ });
    await close.getByLabel(t.today.reason).waitFor();
    await sound(olga, "a debt is closed");
    await olga.keyboard.type("Написали ему");
    await press("Enter");
    await close.waitFor({ state: "detached" });
    await focused();
    await olga.getByText(t.today.noDebts).waitFor();
  });
});

describe("the unsorted", () => {
  const call = (uniq: string, ago: number) => ({
    source_name: "Городской",
    source_uid: "pbx",
    metadata: {
      from: STRANGER,
      phone: STRANGER,
      called_at: now() - ago,
      duration: 65,
      uniq,
      service_code: "pbx",
    },
  });

  test("the repeats of a number stand together, and are accepted as one lead", async () => {
    await press("g", "u");
    await heading(t.unsorted.title);
    await olga.getByText(t.unsorted.empty).waitFor();
    await sound(olga, "nothing unsorted");
    await post("/api/v4/leads/unsorted/sip", [call("u1", 600), call("u2", 300)]);
    await olga.getByText(t.unsorted.times_few.replace("{{count}}", "2")).waitFor();
    await sound(olga, "the unsorted");
    await press("j", "a");
    const accept = olga.getByRole("dialog");
    await accept.getByRole("button", { name: t.unsorted.accept, exact: true }).waitFor();
    await sound(olga, "accepting");
    await press("Enter");
    await accept.waitFor({ state: "detached" });
    await focused();
    await olga.getByText(t.unsorted.empty).waitFor();
    const leads = await olga.evaluate(async () => {
      const answer = await fetch("/api/v4/leads?order[id]=desc&limit=1&with=contacts");
      return ((await answer.json()) as { _embedded: { leads: { name: string }[] } })._embedded.leads;
    });
    expect(leads[0]?.name).toContain(STRANGER);
  });

  test("what is not wanted is declined, after one was asked", async () => {
    await post("/api/v4/leads/unsorted/sip", [call("u3", 30)]);
    await olga.getByText(STRANGER).waitFor();
    await press("j", "d");
    const question = olga.getByRole("dialog");
    await question.waitFor();
    await press("Escape");
    await question.waitFor({ state: "detached" });
    await press("d");
    await question.getByRole("button", { name: t.unsorted.decline, exact: true }).focus();
    await press("Enter");
    await question.waitFor({ state: "detached" });
    await focused();
    await olga.getByText(t.unsorted.empty).waitFor();
  });
});

describe("the history of calls", () => {
  const rows = () => olga.getByRole("table", { name: t.calls.title }).getByRole("row");

  test("a call comes to its top by itself; filters stand in the address, charts in words", async () => {
    await press("g", "l");
    await heading(t.calls.title);
    await rows().nth(2).waitFor();
    await post("/api/v4/calls", [{ ...missed("m3", KNOWN, 5), duration: 42, call_status: 4 }]);
    await rows().nth(1).getByText("0:42").waitFor();
    await sound(olga, "calls");
    await press("f");
    await olga.keyboard.type("5550011");
    await olga.waitForURL(/number=/);
    await expect.poll(() => rows().getByText(STRANGER).count(), SOON).toBe(0);
    await olga.getByRole("button", { name: t.calls.only.missed, exact: true }).focus();
    await press("Enter");
    await olga.waitForURL(/missed=true/);
    await rows().getByText("0:42").waitFor({ state: "detached" });
    await olga.locator("body").evaluate(() => {
      (document.activeElement as HTMLElement).blur();
    });
    await press("v");
    await olga.getByRole("img", { name: new RegExp(t.calls.byHour) }).waitFor();
    await sound(olga, "charts of calls");
    await olga.reload();
    await rows().nth(2).waitFor();
    expect(await rows().getByText("0:42").count()).toBe(0);
  });

  test("a call is put onto another card", async () => {
    await press("j", "b");
    const window = olga.getByRole("dialog", { name: t.calls.bind });
    await window.getByText(/Иван Сидоров/).waitFor();
    await olga.keyboard.type(STRANGER.slice(-7));
    await window.getByRole("option").first().waitFor();
    await sound(olga, "another card");
    await press("Enter");
    await window.waitFor({ state: "detached" });
    await rows()
      .nth(1)
      .getByRole("link", { name: new RegExp(STRANGER.slice(1)) })
      .waitFor();
  });

  test("nothing was complained of, and nothing refused", () => {
    expect(complaints).toEqual([]);
    expect(refused).toEqual([]);
  });
});
