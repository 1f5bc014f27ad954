// The timeline of a card as far as it is loaded. News are laid over it: a story of ten thousand lines is not asked for again
// because somebody has added one.
import { type QueryKey, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import type { CardKind } from "../api/calls";
import type { PageOfTimeline } from "../api/cards";
import { get } from "../api/client";
import { extended, renewed, type Story } from "./story";

export const FILTERS = ["all", "calls", "notes", "tasks", "changes"] as const;
export type Filter = (typeof FILTERS)[number];

const PAGE = 50; // items
const MOST_RENEWED = 250; // items that are asked for again when something is new

export function useTimeline(kind: CardKind, id: number, filter: Filter) {
  const client = useQueryClient();
  const key: QueryKey = ["timeline", kind, String(id), filter];
  const path = `/desk/${kind}/${String(id)}/timeline?${filter === "all" ? "" : `kinds=${filter}&`}`;
  const query = useQuery({
    queryKey: key,
    queryFn: async () => {
      const old = client.getQueryData<Story>(key);
      const limit = Math.min(Math.max(old?.items.length ?? 0, PAGE), MOST_RENEWED);
      return renewed(old, await get<PageOfTimeline>(`${path}limit=${String(limit)}`));
    },
  });
  const isAsking = useRef(false);
  const [why, setWhy] = useState<unknown>(null);
  const after = query.data?.after ?? null;
  const older = useCallback(() => {
    if (isAsking.current || after === null) return;
    isAsking.current = true;
    setWhy(null);
    get<PageOfTimeline>(`${path}limit=${String(PAGE * 2)}&after=${after}`)
      .then((page) => {
        client.setQueryData<Story>(key, (old) => (old && old.after === after ? extended(old, page) : old));
      })
      .catch((error: unknown) => {
        setWhy(error);
      })
      .finally(() => {
        isAsking.current = false;
      });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key and the path say the same
  }, [client, path, after]);
  return { query, story: query.data, older, why };
}
