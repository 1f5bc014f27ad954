// One change to many cards, piece by piece: what the server takes at once, told as it goes, stopped when one says so.
import { get, post } from "../api/client";
import { type Chosen, type Filter, type Kind, queryOf, without } from "../api/table";

export const AT_ONCE = 100; // cards, as the server takes them
const MOST_TOLD = 200; // of what was refused

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

/** The numbers of what is chosen, a piece at a time; of a whole filter as the server tells them. */
export async function* pieces(
  kind: Kind,
  chosen: Chosen,
  filter: Filter,
  timeZone: string,
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
    const found: { ids: number[]; after: number | null } = await get(
      `/desk/table/${kind}/ids?${queryOf(narrow, timeZone, more)}`,
    );
    if (found.ids.length > 0) yield found.ids;
    after = found.after;
  } while (after !== null);
}

export async function changeMany(
  kind: Kind,
  parts: AsyncIterable<number[]>,
  change: object,
  onProgress: (progress: Progress) => void,
  stopped: () => boolean,
): Promise<Progress> {
  let progress: Progress = { done: 0, left: [], leftCount: 0 };
  for await (const ids of parts) {
    if (stopped()) break;
    const told = await post<{ done: number; left: Left[] }>(`/desk/table/${kind}/change`, { ids, ...change });
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
  stopped: () => boolean,
): Promise<{ text: string; rows: number }> {
  const narrow = without(filter, "order");
  const query = chosen.all ? queryOf(narrow, timeZone) : "";
  const texts: string[] = [];
  let rows = 0;
  let begun: string | undefined; // what says that the next piece is one of the same file
  const ask = async (more: object): Promise<number | null> => {
    const told = await post<{ text: string; rows: number; after: number | null; begun: string }>(
      `/desk/table/${kind}/export?${query}`,
      { columns, ...(begun === undefined ? {} : { begun }), ...more },
    );
    begun = told.begun;
    texts.push(told.text);
    rows += told.rows;
    onProgress(rows);
    return told.after;
  };
  if (chosen.all) {
    let after = await ask({ heads });
    while (after !== null && !stopped()) after = await ask({ after });
  } else {
    const ids = [...chosen.ids];
    for (let from = 0; from < ids.length && !stopped(); from += 500) {
      await ask({ ids: ids.slice(from, from + 500), ...(from === 0 ? { heads } : {}) });
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
