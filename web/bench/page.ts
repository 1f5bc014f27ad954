// What the page itself takes, in a real Chromium: `node page.ts` with a JSON of what to open on its standard input prints a
// JSON of what was measured. `make bench` starts it (server/bench/page.py); docs/bench.md says what is measured.
import { createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { type BrowserContext, chromium, type Page } from "playwright-core";

interface Wanted {
  base: string;
  token: string; // of a session
  phone: string; // of a contact
  opens: number; // of the list, and of the first page
  rings: number;
  leads: number; // of a column before it is scrolled
  seconds: number; // of scrolling and of carrying
}
interface Frames {
  frames: number[]; // ms from one to the next
  cpu: number; // ms of the page's main thread for each
}

const FLAGS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
];
const PLACES = [
  process.env.CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const PATIENCE = 60_000; // ms
const CARD = 96; // px, as in Board.tsx
const LINE = "+7 495 000-00-01";
const EXTENSION = "901";

const wanted = JSON.parse(readFileSync(0, "utf8")) as Wanted;
const executablePath = PLACES.find((path) => path !== "" && existsSync(path));
if (executablePath === undefined) {
  process.stdout.write("null\n");
  process.exit(0);
}
const browser = await chromium.launch({ executablePath, args: FLAGS });

async function person(): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(PATIENCE);
  const { hostname } = new URL(wanted.base);
  await context.addCookies([{ name: "trubka_session", value: wanted.token, domain: hostname, path: "/" }]);
  await context.addInitScript(() => {
    // Ready is when the first screen stands, is painted and the main thread answers.
    new MutationObserver((_, look) => {
      if (document.querySelector("h1") === null || document.querySelector("nav") === null) return;
      look.disconnect();
      requestAnimationFrame(() => setTimeout(() => performance.mark("ready")));
    }).observe(document, { subtree: true, childList: true });
    localStorage.setItem("trubka-result-window", "by-key");
  });
  return context;
}

const cpuOf = async (page: Page): Promise<() => Promise<number>> => {
  const line = await page.context().newCDPSession(page);
  await line.send("Performance.enable", { timeDomain: "threadTicks" }); // what the thread worked, not how long it waited
  return async () => {
    const { metrics } = await line.send("Performance.getMetrics");
    return 1000 * (metrics.find((each) => each.name === "TaskDuration")?.value ?? 0);
  };
};
const entry = async (page: Page, name: string, type: "startTime" | "duration"): Promise<number> => {
  await page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, name);
  return page.evaluate(
    ([name, type]) => performance.getEntriesByName(name).at(-1)?.[type as "duration"] ?? 0,
    [name, type] as const,
  );
};

/** A browser that has never been here: what comes over the wire, and when one can begin. */
async function firstLoads() {
  const ready: number[] = [];
  const cpu: number[] = [];
  let bytes = Infinity;
  for (let turn = 0; turn < wanted.opens; turn++) {
    const context = await person();
    const page = await context.newPage();
    await context.setExtraHTTPHeaders({ "accept-encoding": "gzip" });
    const wire = await context.newCDPSession(page);
    await wire.send("Network.enable");
    const sent = new Map<string, number>();
    const came = new Map<string, number>();
    wire.on("Network.requestWillBeSent", (each) => sent.set(each.requestId, each.wallTime * 1000));
    wire.on("Network.loadingFinished", (each) => came.set(each.requestId, each.encodedDataLength));
    const spent = await cpuOf(page);
    await page.goto(wanted.base);
    const moment = await entry(page, "ready", "startTime");
    ready.push(moment);
    cpu.push(await spent());
    await page.waitForLoadState("networkidle");
    // What the page asks for a second later is no part of it; a slow machine asks for it before it is ready.
    const until = moment + (await page.evaluate(() => performance.timeOrigin));
    const before = [...came].filter(([id]) => (sent.get(id) ?? 0) <= until);
    bytes = Math.min(
      bytes,
      before.reduce((sum, [, size]) => sum + size, 0),
    );
    await context.close();
  }
  return { kilobytes: bytes / 1000, ready, cpu };
}

/** From the keys to the painted list; the page is new each time, its code is known. */
async function lists(page: Page) {
  const shown: number[] = [];
  const cpu: number[] = [];
  const spent = await cpuOf(page);
  for (let turn = 0; turn <= wanted.opens; turn++) {
    await page.goto(wanted.base);
    await page.waitForLoadState("networkidle");
    const before = await spent();
    await page.keyboard.press("g");
    await page.keyboard.press("c");
    const took = await entry(page, "table-shown", "duration");
    if (turn === 0) continue; // its code came over the wire
    shown.push(took);
    cpu.push((await spent()) - before);
  }
  return { shown, cpu };
}

async function board(page: Page) {
  const asked = <T>(path: string): Promise<T> =>
    page.evaluate(async (path) => (await (await fetch(path)).json()) as never, path);
  const { pipelines } = await asked<{ pipelines: { id: number; is_main: boolean }[] }>("/desk/board");
  const main = pipelines.find((each) => each.is_main);
  const { columns } = await asked<{ columns: { status_id: number; count: number }[] }>(
    `/desk/board/${String(main?.id)}/counts`,
  );
  const open = columns.filter((each) => each.status_id !== 142 && each.status_id !== 143);
  const largest = open.sort((one, other) => other.count - one.count)[0];
  if (!largest) throw new Error("no leads");
  await page.goto(`${wanted.base}/leads`);
  const cards = page.locator(`[data-stage="${String(largest.status_id)}"] [role="list"]`);
  await cards.locator("article").first().waitFor();
  const count = Math.min(wanted.leads, largest.count);
  await cards.evaluate(
    async (list, [count, card]) => {
      while (list.scrollHeight < count * card) {
        list.scrollTop = list.scrollHeight;
        await new Promise(requestAnimationFrame);
      }
      list.scrollTop = 0;
    },
    [count - 50, CARD] as const,
  );
  await page.waitForTimeout(500);
  const spent = await cpuOf(page);
  /** Frames while this is done, and the main thread's work for one. */
  const during = async (work: () => Promise<void>): Promise<Frames> => {
    await page.evaluate(() => {
      const kept = globalThis as unknown as { frames: number[]; watched: boolean };
      kept.frames = [];
      kept.watched = true;
      let last = performance.now();
      const next = (now: number) => {
        kept.frames.push(now - last);
        last = now;
        if (kept.watched) requestAnimationFrame(next);
      };
      requestAnimationFrame(next);
    });
    const before = await spent();
    await work();
    const frames = await page.evaluate(() => {
      const kept = globalThis as unknown as { frames: number[]; watched: boolean };
      kept.watched = false;
      return kept.frames.slice(1);
    });
    return { frames, cpu: ((await spent()) - before) / frames.length };
  };
  const ms = wanted.seconds * 1000;
  const still = await during(() => page.waitForTimeout(ms));
  const scrolled = await during(() =>
    cards.evaluate(async (list, ms) => {
      const end = performance.now() + ms;
      while (performance.now() < end) {
        list.scrollTop += 60; // 3,600 px a second
        await new Promise(requestAnimationFrame);
      }
    }, ms),
  );
  const box = await cards.locator("article").nth(8).boundingBox();
  if (!box) throw new Error("no card");
  await page.mouse.move(box.x + 60, box.y + 60);
  await page.mouse.down();
  const carried = await during(async () => {
    const end = Date.now() + ms;
    for (let step = 0; Date.now() < end; step++) {
      const turn = step / 40;
      await page.mouse.move(700 + 380 * Math.sin(turn), 450 + 150 * Math.cos(turn * 1.7));
    }
  });
  await page.keyboard.press("Escape"); // it stays where it was
  await page.mouse.up();
  return { count, still, scrolled, carried };
}

/** Calls that a PBX tells of: from the frame in the socket, and from the telling, to the painted card. */
async function rings(page: Page) {
  const own = async <T>(method: string, path: string, data?: unknown): Promise<T> => {
    const answer = await page.context().request.fetch(wanted.base + path, {
      method,
      headers: { "X-Requested-With": "trubka", Origin: wanted.base },
      ...(data === undefined ? {} : { data }),
    });
    if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
    return (answer.status() === 204 ? null : await answer.json()) as T;
  };
  const { user } = await own<{ user: { id: number } }>("GET", "/desk/me");
  const pbx = await own<{ id: number; key_id: string; secret: string }>("POST", "/desk/pbxes", {
    kind: "asterisk",
    name: "Bench",
  });
  await own("PUT", `/desk/extensions/${String(user.id)}`, { extensions: [{ number: EXTENSION }] });
  const tell = async (signals: object[]): Promise<number> => {
    const body = JSON.stringify({ signals });
    const moment = String(Math.floor(Date.now() / 1000));
    const said = performance.timeOrigin + performance.now();
    const answer = await fetch(`${wanted.base}/pbx/events`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-Trubka-Key": pbx.key_id,
        "X-Trubka-Time": moment,
        "X-Trubka-Signature": createHmac("sha256", pbx.secret).update(`${moment}.${body}`).digest("hex"),
      },
      body,
    });
    if (!answer.ok) throw new Error(await answer.text());
    return said;
  };
  await page.goto(`${wanted.base}/contacts`);
  await page.locator("h1").waitFor();
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(1500); // what shows a card is loaded a second after the page
  const fact: number[] = [];
  const told: number[] = [];
  const caller: number[] = [];
  for (let turn = 0; turn <= wanted.rings; turn++) {
    await page.evaluate(() => {
      performance.clearMeasures();
    });
    const call = `bench-${String(Date.now())}-${String(turn)}`;
    const at = Math.floor(Date.now() / 1000);
    const said = await tell([
      { signal: "ringing", call, at, number: wanted.phone, agent: EXTENSION, line: LINE },
    ]);
    const took = await entry(page, "call painted", "duration");
    const painted = await page.evaluate(() => {
      const found = performance.getEntriesByName("call painted")[0];
      return performance.timeOrigin + (found?.startTime ?? 0) + (found?.duration ?? 0);
    });
    const known = await entry(page, "caller painted", "duration");
    await tell([
      { signal: "answered", call, at, agent: EXTENSION },
      { signal: "hung_up", call, at: at + 1, cause: 16 },
    ]);
    await page.locator("[data-call]").or(page.getByRole("article")).first().waitFor({ state: "detached" });
    if (turn === 0) continue;
    fact.push(took);
    caller.push(known);
    told.push(painted - said);
  }
  await own("DELETE", `/desk/pbxes/${String(pbx.id)}`);
  await own("PUT", `/desk/extensions/${String(user.id)}`, { extensions: [] });
  return { fact, caller, told };
}

try {
  const first = await firstLoads();
  const page = await (await person()).newPage();
  const list = await lists(page);
  const leads = await board(page);
  const calls = await rings(page);
  process.stdout.write(`${JSON.stringify({ first, list, leads, calls })}\n`);
} finally {
  await browser.close();
}
