import { describe, expect, test } from "vitest";
import { bars, clock, outline, past, type Recording, silences, wordsOf } from "./player";

describe("silence", () => {
  const loud = 90;
  // Ten peaks a second: two seconds of speech, three of silence, one of speech, one of silence.
  const one = [20, 30, 10, 10].flatMap((count, place) => Array<number>(count).fill(place % 2 ? 1 : loud));
  const spans = silences({ seconds: 7, sides: [one] });

  test("is what lasts longer than a breath, but for its edges", () => {
    expect(spans).toEqual([{ from: 2.3, to: 4.7 }]);
  });
  test("is where neither side is heard", () => {
    const other = one.map((_, place) => (place === 35 ? loud : 0));
    expect(silences({ seconds: 7, sides: [one, other] })).toEqual([{ from: 2.3, to: 3.2 }]);
  });
  test("is gone past", () => {
    expect([1, 2.4, 4.65, 5].map((at) => past(at, spans))).toEqual([undefined, 4.7, undefined, undefined]);
  });
  test("of no peaks is none", () => {
    expect(silences({ seconds: 0, sides: [] })).toEqual([]);
  });
});

test("bars are the loudest of their part", () => {
  expect(bars([0, 255, 51, 0], 2)).toEqual([1, 0.2]);
  expect(bars([255], 10)).toEqual([1]);
  expect(outline([[255], [0]], 4)).toBe("M0.15 0h.7V102h-.7z");
});

test.each([
  [0, "0:00"],
  [65.9, "1:05"],
  [3600, "1:00:00"],
  [3725, "1:02:05"],
])("%d s", (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});

describe("words", () => {
  const told = (more: Partial<Recording>): Recording => ({
    id: 1,
    call_id: 2,
    state: "waiting",
    why: null,
    tries_left: 8,
    again_seconds: null,
    at_work: false,
    seconds: null,
    url: null,
    ...more,
  });
  test.each([
    [{}, { state: "waiting", detail: "", mayRetry: false }],
    [{ at_work: true }, { state: "working", detail: "", mayRetry: false }],
    [
      { state: "failed", why: { code: "answered", detail: "404" }, tries_left: 3, again_seconds: 290 },
      {
        state: "failed",
        cause: "answered",
        detail: "404",
        again: { unit: "minute", count: 5, left: 3 },
        mayRetry: true,
      },
    ],
    [
      { state: "refused", why: { code: "private", detail: "10.0.0.1" } },
      { state: "refused", cause: "private", detail: "10.0.0.1", mayRetry: true },
    ],
    [
      { state: "deleted", why: { code: "erased", detail: "" } },
      { state: "erased", detail: "", mayRetry: false },
    ],
    [{ state: "deleted" }, { state: "deleted", detail: "", mayRetry: false }],
    [
      { state: "empty", why: { code: "new", detail: "?" }, again_seconds: 0 },
      { state: "empty", detail: "?", again: { unit: "soon", count: 0, left: 8 }, mayRetry: true },
    ],
  ] as const)("%j", (more, expected) => {
    expect(wordsOf(told(more))).toEqual(expected);
  });
});
