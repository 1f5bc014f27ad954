// What the player of recordings decides: where nobody speaks, what a waveform looks like, how a time is written, and in
// which words a recording without sound is told.

export type State = "waiting" | "fetched" | "empty" | "failed" | "refused" | "deleted";

export interface Recording {
  id: number;
  call_id: number;
  state: State;
  why: { code: string; detail: string } | null;
  tries_left: number;
  again_seconds: number | null;
  at_work: boolean;
  seconds: number | null;
  url: string | null;
  may_erase?: boolean;
}

export interface Peaks {
  seconds: number;
  sides: number[][];
}

export interface Span {
  from: number;
  to: number;
}

export const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2] as const;
export const STEP = 10; // seconds

const QUIET = 4; // of 255: -36 dB, a line without a voice
const SHORTEST_SILENCE = 1.5; // seconds
const MARGIN = 0.3; // seconds of it that are left, so that no word is cut

/** Where neither side is heard for longer than a breath. */
export function silences({ seconds, sides }: Peaks): Span[] {
  const count = sides[0]?.length ?? 0;
  const found: Span[] = [];
  let began: number | undefined;
  for (let place = 0; place <= count; place++) {
    const quiet = place < count && sides.every((side) => (side[place] ?? 0) < QUIET);
    if (quiet) began ??= place;
    else if (began !== undefined) {
      const from = (began / count) * seconds;
      const to = (place / count) * seconds;
      if (to - from >= SHORTEST_SILENCE) found.push({ from: from + MARGIN, to: to - MARGIN });
      began = undefined;
    }
  }
  return found;
}

/** Where to go on from a moment in a silence; undefined where somebody speaks. */
export function past(at: number, spans: Span[]): number | undefined {
  return spans.find((each) => at >= each.from && at < each.to - 0.1)?.to;
}

/** As many bars as there is room for, each the loudest of its part, from 0 to 1. */
export function bars(side: number[], count: number): number[] {
  const many = Math.min(count, side.length);
  return Array.from({ length: many }, (_, place) => {
    const low = Math.floor((place * side.length) / many);
    const high = Math.max(low + 1, Math.floor(((place + 1) * side.length) / many));
    return Math.max(...side.slice(low, high)) / 255;
  });
}

const HALF = 100; // units of the drawing from its middle to its edge

/** The outline of a waveform: the first side above the middle, the other (or the same one) below it. */
export function outline(sides: number[][], count: number): string {
  const above = bars(sides[0] ?? [], count);
  const below = bars(sides[1] ?? sides[0] ?? [], count);
  return above
    .map((up, place) => {
      const top = HALF - height(up);
      const bottom = HALF + height(below[place] ?? 0);
      return `M${place + 0.15} ${top}h.7V${bottom}h-.7z`;
    })
    .join("");
}

/** Voices are quiet most of the time: a root shows them beside the loudest moment. */
const height = (peak: number): number => Math.max(2, Math.round(Math.sqrt(peak) * HALF));

export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

const CAUSES = [
  "nothing",
  "silent",
  "cut",
  "html",
  "unknown",
  "unreadable",
  "answered",
  "gone",
  "unreachable",
  "large",
  "private",
  "link",
  "store",
  "worker",
  "erased",
  "kept",
] as const;
export type Cause = (typeof CAUSES)[number];

export interface Words {
  state: "waiting" | "working" | "empty" | "failed" | "refused" | "deleted" | "erased" | "kept" | "fetched";
  cause?: Cause;
  detail: string;
  /** When it is tried again. */
  again?: { unit: "soon" | "second" | "minute" | "hour"; count: number; left: number };
  mayRetry: boolean;
}

/** What is said in the place of the sound. */
export function wordsOf(told: Recording): Words {
  const cause = CAUSES.find((each) => each === told.why?.code);
  const words: Words = {
    state: told.state,
    detail: told.why?.detail ?? "",
    mayRetry: ["empty", "failed", "refused"].includes(told.state) && !told.at_work,
  };
  if (told.state === "deleted") {
    if (cause === "erased" || cause === "kept") words.state = cause;
    return words;
  }
  if (told.state !== "fetched" && told.at_work) return { ...words, state: "working" };
  if (told.state === "waiting") return words;
  if (cause) words.cause = cause;
  if (told.again_seconds !== null) words.again = { ...inUnits(told.again_seconds), left: told.tries_left };
  return words;
}

function inUnits(seconds: number): { unit: "soon" | "second" | "minute" | "hour"; count: number } {
  if (seconds < 1) return { unit: "soon", count: 0 };
  if (seconds < 60) return { unit: "second", count: Math.round(seconds) };
  if (seconds < 3600) return { unit: "minute", count: Math.round(seconds / 60) };
  return { unit: "hour", count: Math.round(seconds / 3600) };
}
