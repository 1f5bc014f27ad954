// One change to many cards, piece by piece: what the server takes at once, told as it goes, stopped when one says so.
import { get, isRefusal, post, Unreachable } from "../api/client";
import { type Chosen, type Filter, type Kind, queryOf, without } from "../api/table";

export const AT_ONCE = 100; // cards, as the server takes them
const EXPORTED_AT_ONCE = 500; // cards
const MOST_TOLD = 200; // of what was refused
const AGAIN_AFTER = [1000, 2000, 4000, 8000]; // ms; then always the last
const PATIENCE = 180_000; // ms without an answer, after which it is given up

export interface Left {
  id: number;
  name: string;
  why: string;
}
export interface Progress {
  done: number;
  left: Left[];
  leftCount: number;
}

export interface Pace {
  onWait: (waits: boolean) => void; // for a server that does not answer
  stop: AbortSignal;
}

/** Over at once when it is stopped: a server may ask for minutes. */
const pause = (ms: number, stop: AbortSignal): Promise<void> =>
  new Promise((over) => {
    const end = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", end);
      over();
    };
    const timer = setTimeout(end, ms);
    stop.addEventListener("abort", end);
    if (stop.aborted) end();
  });

/** Asks until there is an answer: a server that restarts, or has too much to do, ends no work of many pieces. Nothing
 *  when it was stopped meanwhile. */
async function patiently<T>(work: (again: boolean) => Promise<T>, pace: Pace): Promise<T | undefined> {
  const begun = Date.now();
  for (let turn = 0; !pace.stop.aborted; turn++) {
    try {
      const found = await work(turn > 0);
      if (turn > 0) pace.onWait(false);
      return found;
    } catch (error) {
      const later = error instanceof Unreachable || isRefusal(error, 503) || isRefusal(error, 429);
      if (!later || Date.now() - begun > PATIENCE) throw error;
      pace.onWait(true);
      const wait = AGAIN_AFTER[Math.min(turn, AGAIN_AFTER.length - 1)] ?? 0;
      const asked = isRefusal(error) ? Math.min(error.retrySeconds * 1000, PATIENCE) : 0;
      await pause(Math.max(wait, asked), pace.stop);
    }
  }
  return undefined;
}

/** The numbers of what is chosen, a piece at a time; of a whole filter as the server tells them. */
export async function* pieces(
  kind: Kind,
  chosen: Chosen,
  filter: Filter,
  timeZone: string,
  pace: Pace,
): AsyncGenerator<number[]> {
  if (!chosen.all) {
    const ids = [...chosen.ids];
    for (let from = 0; from < ids.length; from += AT_ONCE) yield ids.slice(from, from + AT_ONCE);
    return;
  }
  const narrow = without(filter, "order");
  let after: number | null = null;
  do {
    const more: Record<string, string> = after === null ? {} : { after: String(after) };
    const path = `/desk/table/${kind}/ids?${queryOf(narrow, timeZone, more)}`;
    const found = await patiently(() => get<{ ids: number[]; after: number | null }>(path), pace);
    if (!found) return;
    if (found.ids.length > 0) yield found.ids;
    after = found.after;
  } while (after !== null);
}

export async function changeMany(
  kind: Kind,
  parts: AsyncIterable<number[]>,
  change: object,
  onProgress: (progress: Progress) => void,
  pace: Pace,
): Promise<Progress> {
  let progress: Progress = { done: 0, left: [], leftCount: 0 };
  for await (const ids of parts) {
    const told = await patiently(async (again) => {
      const answer = await post<{ done: number; left: Left[] }>(`/desk/table/${kind}/change`, {
        ids,
        ...change,
      });
      // Whose deletion was done though its answer was lost is there no more, and has no name.
      const left = again && "delete" in change ? answer.left.filter((each) => each.name !== "") : answer.left;
      return { done: answer.done + answer.left.length - left.length, left };
    }, pace);
    if (!told) break;
    progress = {
      done: progress.done + told.done,
      left: [...progress.left, ...told.left].slice(0, MOST_TOLD),
      leftCount: progress.leftCount + told.left.length,
    };
    onProgress(progress);
  }
  return progress;
}

/** The same reason once, with the names of the first few that it held back. */
export function reasons(left: readonly Left[]): { why: string; names: string[]; count: number }[] {
  const found = new Map<string, { why: string; names: string[]; count: number }>();
  for (const { why, name, id } of left) {
    const reason = found.get(why) ?? { why, names: [], count: 0 };
    reason.count += 1;
    if (reason.names.length < 5) reason.names.push(name === "" ? `#${String(id)}` : name);
    found.set(why, reason);
  }
  return [...found.values()].sort((one, other) => other.count - one.count);
}

/** The file of what is chosen, or of all that the filter lets through. */
export async function exportMany(
  kind: Kind,
  chosen: Chosen,
  filter: Filter,
  timeZone: string,
  columns: string[],
  heads: string[],
  onProgress: (rows: number) => void,
  pace: Pace,
): Promise<{ text: string; rows: number }> {
  const narrow = without(filter, "order");
  const query = chosen.all ? queryOf(narrow, timeZone) : "";
  const texts: string[] = [];
  let rows = 0;
  let begun: string | undefined; // what says that the next piece is one of the same file
  const ask = async (more: object): Promise<number | null> => {
    const path = `/desk/table/${kind}/export?${query}`;
    const body = { columns, ...(begun === undefined ? {} : { begun }), ...more };
    const told = await patiently(
      () => post<{ text: string; rows: number; after: number | null; begun: string }>(path, body),
      pace,
    );
    if (!told) return null;
    begun = told.begun;
    texts.push(told.text);
    rows += told.rows;
    onProgress(rows);
    return told.after;
  };
  if (chosen.all) {
    let after = await ask({ heads });
    while (after !== null) after = await ask({ after });
  } else {
    // In the order of their numbers, as the server writes each piece.
    const ids = [...chosen.ids].sort((one, other) => one - other);
    for (let from = 0; from < ids.length && !pace.stop.aborted; from += EXPORTED_AT_ONCE) {
      await ask({ ids: ids.slice(from, from + EXPORTED_AT_ONCE), ...(from === 0 ? { heads } : {}) });
    }
  }
  return { text: texts.join(""), rows };
}

/** A file that a spreadsheet takes for UTF-8. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
