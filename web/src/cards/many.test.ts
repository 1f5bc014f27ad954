import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changeMany, exportMany, type Pace, pieces, type Progress } from "./many";

const NOT_STOPPED: Pace = { onWait: () => undefined, stop: new AbortController().signal };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** What the server answers, one after another: a body, a status, or nothing at all. */
function answering(...answers: (object | number | "away")[]): { path: string; body: { ids?: number[] } }[] {
  const heard: { path: string; body: { ids?: number[] } }[] = [];
  vi.stubGlobal("fetch", (path: string, { body }: { body?: string }) => {
    heard.push({ path, body: JSON.parse(body ?? "{}") as { ids?: number[] } });
    const answer = answers.shift() ?? "away";
    if (answer === "away") return Promise.reject(new TypeError("Failed to fetch"));
    return Promise.resolve(
      typeof answer === "number"
        ? new Response("{}", { status: answer })
        : new Response(JSON.stringify(answer), { status: 200 }),
    );
  });
  return heard;
}
const chosen = (count: number) => ({
  ids: new Set(Array.from({ length: count }, (_, place) => count - place)),
  all: false,
  anchor: -1,
});
const change = async (count: number, what: object, pace = NOT_STOPPED): Promise<Progress> => {
  const parts = pieces("contacts", chosen(count), {}, "UTC", pace);
  const done = changeMany("contacts", parts, what, () => undefined, pace);
  done.catch(() => undefined);
  await vi.runAllTimersAsync();
  return await done;
};

test("a server that is away for a while is waited for, and the piece is asked once more", async () => {
  const heard = answering({ done: 100, left: [] }, 503, "away", { done: 20, left: [] });
  const waits: boolean[] = [];
  const told = await change(120, { status_id: 1 }, { ...NOT_STOPPED, onWait: (is) => waits.push(is) });
  expect(told).toMatchObject({ done: 120, leftCount: 0 });
  expect(heard.map((each) => each.body.ids?.length)).toEqual([100, 20, 20, 20]);
  expect(waits).toEqual([true, true, false]);
});

test("what is gone because its deletion was done and only the answer was lost counts as done", async () => {
  const left = [{ id: 1, name: "", why: "There is no such contact." }];
  answering("away", { done: 1, left });
  expect(await change(2, { delete: true })).toMatchObject({ done: 2, leftCount: 0 });
  answering({ done: 1, left });
  expect(await change(2, { delete: true })).toMatchObject({ done: 1, leftCount: 1 });
});

test("a refusal ends it at once, silence after minutes, and a stop while one waits", async () => {
  expect(await change(5, {}).catch((error: unknown) => error)).toMatchObject({ name: "Unreachable" });
  const heard = answering(403);
  expect(await change(5, {}).catch((error: unknown) => error)).toMatchObject({ status: 403 });
  expect(heard).toHaveLength(1);
  answering("away");
  const stop = new AbortController();
  const pace = {
    onWait: () => {
      stop.abort();
    },
    stop: stop.signal,
  };
  expect(await change(5, {}, pace)).toMatchObject({ done: 0 });
});

test("a stop is heard in the middle of the minutes that a server asked for", async () => {
  const heard: string[] = [];
  vi.stubGlobal("fetch", (path: string) => {
    heard.push(path);
    return Promise.resolve(new Response("{}", { status: 429, headers: { "Retry-After": "180" } }));
  });
  const stop = new AbortController();
  const pace = { ...NOT_STOPPED, stop: stop.signal };
  const parts = pieces("contacts", chosen(5), {}, "UTC", pace);
  let over: Progress | undefined;
  void changeMany("contacts", parts, {}, () => undefined, pace).then((told) => (over = told));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(over).toBeUndefined();
  stop.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(over).toMatchObject({ done: 0 });
  expect(heard).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("a file of more than one piece goes by the numbers of its cards and begins once", async () => {
  const heard = answering({ text: "a", rows: 500, after: null, begun: "x" }, 503, {
    text: "b",
    rows: 100,
    after: null,
    begun: "x",
  });
  const file = exportMany("contacts", chosen(600), {}, "UTC", ["id"], ["No"], () => undefined, NOT_STOPPED);
  await vi.runAllTimersAsync();
  expect(await file).toEqual({ text: "ab", rows: 600 });
  expect(heard.map((each) => each.body)).toMatchObject([
    { heads: ["No"] },
    { begun: "x" },
    { begun: "x", columns: ["id"] },
  ]);
  expect(heard[0]?.body.ids?.[0]).toBe(1);
  expect(heard[2]?.body.ids).toEqual(Array.from({ length: 100 }, (_, place) => 501 + place));
});
