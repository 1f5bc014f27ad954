// What is decided about what came in: the repeats of a number are decided together.
import { useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { ask, post } from "../api/client";
import type { Item, ItemGroup } from "../api/inbox";

export interface Place {
  status_id?: number;
  user_id: number;
}

interface Accepted {
  _embedded: { leads?: { id: number }[] };
}

const pathOf = (item: Item): string => `/api/v4/leads/unsorted/${encodeURIComponent(item.uid)}`;

/** The first call becomes the lead, the further ones of the same number come to it. Its id. */
export async function accept({ items }: ItemGroup, place: Place): Promise<number | undefined> {
  const [first, ...repeats] = items.filter((item) => item.may_decide);
  if (!first) return undefined;
  const told = await post<Accepted>(`${pathOf(first)}/accept`, place);
  const lead = told._embedded.leads?.[0]?.id;
  if (lead !== undefined) await toCard(repeats, "leads", lead, place.user_id);
  return lead;
}

export const link = (group: ItemGroup, kind: "leads" | "customers", id: number, userId: number) =>
  toCard(
    group.items.filter((item) => item.may_decide),
    kind,
    id,
    userId,
  );

async function toCard(items: Item[], kind: string, id: number, userId: number): Promise<void> {
  for (const item of items) {
    await post(`${pathOf(item)}/link`, { user_id: userId, link: { entity_id: id, entity_type: kind } });
  }
}

export async function decline({ items }: ItemGroup, userId: number): Promise<void> {
  for (const item of items.filter((each) => each.may_decide)) {
    await ask("DELETE", `${pathOf(item)}/decline`, { user_id: userId });
  }
}

/** Which lists a decision makes old. */
export const CHANGED = ["unsorted", "contacts", "counts", "calls", "board"] as const;

/** Whatever came of it, what was decided before a refusal is decided: the list is read anew. */
export function useReread(): () => void {
  const client = useQueryClient();
  const [reread] = useState(() => () => void client.invalidateQueries({ queryKey: ["unsorted"] }));
  return reread;
}
