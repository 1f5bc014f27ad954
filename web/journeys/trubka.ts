// A real trubka for a journey: the command itself, on a free port, with a data folder of its own that is thrown away.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const ROOT = resolve(import.meta.dirname, "../..");
const COMMAND = (process.env.TRUBKA_COMMAND ?? join(ROOT, ".venv/bin/trubka up")).split(" ");
const STARTS_WITHIN = 120_000; // ms: the first start makes a database
const STOPS_WITHIN = 20_000; // ms

export interface Trubka {
  base: string;
  /** The one-time link that it printed. */
  link: string;
  /** What the command says to these words: `account add …`. */
  say: (...words: string[]) => Promise<string>;
  /** Ends the processes but keeps the data: for a journey that looks at an outage. */
  stop: () => Promise<void>;
  again: () => Promise<void>;
  /** Ends it and throws its data away. */
  end: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Its demo company: none, its people and cards alone, or the two weeks of calls too. */
export type Demo = boolean | "weeks";

export async function start(options: { demo: Demo; language?: "ru" | "en" }): Promise<Trubka> {
  const folder = mkdtempSync(join(tmpdir(), "trubka-journey-"));
  // As root, the database runs as a user of its own: it may enter, and so nothing of it lies elsewhere afterwards.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const base = `http://127.0.0.1:${String(port)}`;
  const begin = () => run(environment(folder, port, options.language), options.demo);
  let { child, link } = await begin();
  const stop = async () => {
    if (child.exitCode !== null) return;
    const gone = new Promise((ended) => child.once("exit", ended));
    child.kill("SIGINT");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOPS_WITHIN);
    await gone;
    clearTimeout(timer);
  };
  return {
    base,
    link,
    say: async (...words) => {
      const [program = "", ...before] = COMMAND;
      const { stdout } = await promisify(execFile)(program, [...before.slice(0, -1), ...words], {
        cwd: ROOT,
        env: environment(folder, port, options.language),
      });
      return stdout.trim();
    },
    stop,
    again: async () => {
      ({ child, link } = await begin());
    },
    end: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const environment = (folder: string, port: number, language: "ru" | "en" = "ru"): NodeJS.ProcessEnv => ({
  ...process.env,
  TRUBKA_DATA_DIR: folder,
  TRUBKA_PORT: String(port),
  TRUBKA_HOST: "127.0.0.1",
  // The demo company speaks the machine's language.
  LC_ALL: language === "ru" ? "ru_RU.UTF-8" : "en_GB.UTF-8",
});

async function run(env: NodeJS.ProcessEnv, demo: Demo): Promise<{ child: ChildProcess; link: string }> {
  const [program = "", ...words] = COMMAND;
  const child = spawn(
    program,
    [...words, ...(demo === false ? [] : ["--demo", demo === true ? "cards" : "whole"])],
    {
      cwd: ROOT,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const link = await new Promise<string>((found, failed) => {
    let told = "";
    const timer = setTimeout(() => {
      failed(new Error(`trubka did not start in time. It said:\n${told}`));
    }, STARTS_WITHIN);
    const hear = (piece: Buffer) => {
      told += piece.toString();
      const link = /https?:\/\/\S+\/link\S+/.exec(told)?.[0];
      if (link === undefined) return;
      clearTimeout(timer);
      found(link);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", (error) => {
      clearTimeout(timer);
      failed(error);
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      failed(new Error(`trubka ended with ${String(code)}. It said:\n${told}`));
    });
  });
  return { child, link };
}
