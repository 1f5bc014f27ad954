// A real Chromium that can reach nothing but this machine, and a page whose console must stay clean.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

const FLAGS = [
  "--no-sandbox",
  "--disable-features=OptimizationHints,MediaRouter",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];
const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
export const executablePath = PLACES.find((path) => path !== undefined && path !== "" && existsSync(path));

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const launch = (): Promise<Browser> =>
  chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: FLAGS });

/** How long anything is waited for: other things run on this machine. */
export const SOON = { timeout: 60_000, interval: 100 }; // ms

export interface Look {
  language: "ru" | "en";
  scheme: "light" | "dark";
  width?: number;
}

/** What a browser keeps between visits: the cookie of its session. */
export type State = Awaited<ReturnType<BrowserContext["storageState"]>>;

export async function personOf(browser: Browser, look: Look, kept?: State): Promise<BrowserContext> {
  const context = await browser.newContext({
    ...(kept === undefined ? {} : { storageState: kept }),
    locale: look.language === "ru" ? "ru-RU" : "en-GB",
    colorScheme: look.scheme,
    timezoneId: "Europe/Moscow",
    reducedMotion: "reduce",
    viewport: { width: look.width ?? 1440, height: 900 },
  });
  context.setDefaultTimeout(SOON.timeout);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  return context;
}

// What Chromium itself writes while a journey keeps the server away.
const ofTheNetwork =
  /^Failed to load resource|^WebSocket connection to .*(net::ERR_(CONNECTION_[A-Z]+|EMPTY_RESPONSE)|response code: 50[234])$/;

/** Complaints of the page: errors in its code, refusals by its policy. Refused requests are the journey's own affair. */
export function listen(page: Page): string[] {
  const heard: string[] = [];
  page.on("pageerror", (error) => heard.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !ofTheNetwork.test(message.text())) heard.push(message.text());
  });
  return heard;
}

/** axe must find nothing serious on the page as it stands. */
export async function sound(page: Page, name: string): Promise<void> {
  // Evaluated by the browser's own door, so that the page's policy needs no exception.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const results = await (
      globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }
    ).axe.run({
      resultTypes: ["violations"],
    });
    return results.violations
      .filter((each) => each.impact === "serious" || each.impact === "critical")
      .map(
        (each) =>
          `${each.id}: ${each.nodes.map((node) => `${node.html} ${node.failureSummary ?? ""}`).join("\n  ")}`,
      );
  });
  expect(found, `axe on ${name}`).toEqual([]);
}
