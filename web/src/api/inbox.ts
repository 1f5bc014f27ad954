// The unsorted, debts and the stages that a lead can be put into, as /desk tells of them (docs/desk.md).
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { CardOf } from "./calls";
import { get } from "./client";

export interface Item {
  uid: string;
  category: "sip" | "forms";
  source: string | null;
  pipeline_id: number;
  created_at: number;
  called_at: number | null;
  seconds: number | null;
  form: string | null;
  page: string | null;
  line: string | null;
  user_ids: number[];
  call_id: number | null;
  recording_id: number | null;
  link: string | null;
  lead_id: number | null;
  contact_id: number | null;
  name: string;
  may_decide: boolean;
}

export interface ItemGroup {
  phone: string | null;
  oldest_at: number;
  items: Item[];
}

export interface UnsortedTold {
  groups: ItemGroup[];
  more: boolean;
}

export const unsorted = queryOptions({
  queryKey: ["unsorted"],
  queryFn: () => get<UnsortedTold>("/desk/unsorted"),
});

export interface Stage {
  id: number;
  name: string;
  type: number; // 1: the unsorted
  takes: boolean;
}

export interface Pipeline {
  id: number;
  name: string;
  is_main: boolean;
  statuses: Stage[];
}

export const stages = queryOptions({
  queryKey: ["stages"],
  queryFn: async () => (await get<{ pipelines: Pipeline[] }>("/desk/board")).pipelines,
  staleTime: 300_000,
});

export interface Debt {
  id: number;
  number: string | null;
  line: string | null;
  calls: number;
  is_sure: boolean;
  call_id: number;
  last_call_id: number;
  opened_at: number;
  last_at: number;
  age_seconds: number;
  owner: number | null;
  card: CardOf | null;
}

export type Whose = "mine" | "group" | "all";

interface PageOfDebts {
  debts: Debt[];
  after: string | null;
  count: number;
  more: boolean;
}

/** The oldest first. */
export const debtsOf = (whose: Whose) =>
  infiniteQueryOptions({
    queryKey: ["debts", whose],
    queryFn: ({ pageParam }) =>
      get<PageOfDebts>(`/desk/debts?whose=${whose}&limit=12&after=${pageParam ?? ""}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.after,
  });
