// What is loaded of a timeline, and how news are laid over it without asking for all of it again.
import type { Item, NoteItem, PageOfTimeline } from "../api/cards";

export interface Story {
  items: Item[];
  /** Where what is older begins; null: this is all. */
  after: string | null;
  pinned: NoteItem[];
}

/** The same order as the server's: the moment, then the kind, then the number, the newest first. */
const RANKS: Record<Item["kind"], number> = { change: 1, note: 1, task: 2, call: 3, unsorted: 4 };

function isAbove(one: Item, other: Item): boolean {
  if (one.at !== other.at) return one.at > other.at;
  return RANKS[one.kind] > RANKS[other.kind];
}

/** The newest page once more: it takes the place of what it covers, what is older stays as it was loaded. */
export function renewed(old: Story | undefined, fresh: PageOfTimeline): Story {
  const last = fresh.items.at(-1);
  if (!old || last === undefined || fresh.after === null) return fresh;
  const told = new Set(fresh.items.map((item) => item.key));
  const older = old.items.filter((item) => isAbove(last, item) && !told.has(item.key));
  const overlaps = old.items.some((item) => told.has(item.key));
  // So much is new that there is a gap between it and what was loaded: that is loaded again when it is looked at.
  if (!overlaps || older.length === 0) return fresh;
  return { items: [...fresh.items, ...older], after: old.after, pinned: fresh.pinned };
}

/** What is older, below what is there. */
export function extended(old: Story, page: PageOfTimeline): Story {
  const there = new Set(old.items.map((item) => item.key));
  const more = page.items.filter((item) => !there.has(item.key));
  return { ...old, items: [...old.items, ...more], after: page.after };
}

export type Row = { kind: "day"; day: string; at: number } | { kind: "item"; item: Item };

/** The items with the days that they stand under. */
export function rowsOf(items: Item[], dayOf: (seconds: number) => string): Row[] {
  const rows: Row[] = [];
  let day = "";
  for (const item of items) {
    const its = dayOf(item.at);
    if (its !== day) rows.push({ kind: "day", day: its, at: item.at });
    day = its;
    rows.push({ kind: "item", item });
  }
  return rows;
}
