// How many there are, where counting stops somewhere.
import type { Counted } from "../api/logs";

export const counted = ({ count, more }: Counted): string => `${String(count)}${more ? "+" : ""}`;

/** What an event of a webhook is of, and what was done: the parts of `status_lead`. */
export function partsOf(event: string): { of: Of; did?: Did } {
  const [verb = "", name = ""] = event.split("_");
  if (verb === "test") return { of: "test" };
  const of = OF.find((each) => each === name) ?? "lead";
  if (of === "unsorted" && verb === "delete") return { of, did: "decide" };
  const did = DID.find((each) => each === verb);
  return did ? { of, did } : { of };
}

const OF = ["lead", "contact", "company", "customer", "task", "unsorted"] as const;
const DID = ["add", "update", "delete", "restore", "responsible", "status", "note"] as const;
type Of = (typeof OF)[number] | "test";
type Did = (typeof DID)[number] | "decide";

/** `next` in the place of what is shown with the same number, and everything else as it was. */
export function inPlace<T extends { id: number }>(rows: T[], next: readonly T[]): T[] {
  const byId = new Map(next.map((each) => [each.id, each]));
  return rows.some((row) => byId.has(row.id)) ? rows.map((row) => byId.get(row.id) ?? row) : rows;
}
