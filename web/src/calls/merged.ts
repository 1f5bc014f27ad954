// The pages as they were read, with what has come, changed or gone at the top since.
import type { Call } from "../api/calls";

export interface Latest {
  calls: Call[];
  after: string | null; // none: these are all
}

/** `more`: so much has come that there is a gap between the latest and the pages; they are to be read anew. */
export function merged(pages: Call[], latest: Latest | undefined): { rows: Call[]; more: boolean } {
  if (!latest) return { rows: pages, more: false };
  const news = new Map(latest.calls.map((call) => [call.id, call]));
  const known = new Set(pages.map((call) => call.id));
  const [first] = pages;
  const bottom = latest.calls.at(-1);
  const covers = (call: Call) => latest.after === null || (bottom !== undefined && !isAbove(bottom, call));
  // Where the latest end above the first page, nobody knows what stands between.
  if (first && bottom && latest.after !== null && isAbove(bottom, first)) return { rows: pages, more: true };
  const stayed = pages.filter((call) => news.has(call.id) || !covers(call));
  const added = latest.calls.filter((call) => !known.has(call.id) && (!first || isAbove(call, first)));
  return { rows: [...added, ...stayed.map((call) => news.get(call.id) ?? call)], more: false };
}

const BY_ITSELF = 5; // pages that look further without finding enough; then somebody says whether to go on

/** How far back was looked where few of many are wanted, and whether one looks further without being asked. */
export function searchOf(
  pages: { searched: number | null }[],
): { until: number; goesOn: boolean } | undefined {
  const until = pages.at(-1)?.searched ?? null;
  if (until === null) return undefined;
  const full = pages.findLastIndex((page) => page.searched === null);
  return { until, goesOn: (pages.length - 1 - full) % BY_ITSELF !== 0 };
}

const isAbove = (one: Call, other: Call): boolean =>
  one.started_at > other.started_at || (one.started_at === other.started_at && one.id > other.id);
