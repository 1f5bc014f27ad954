// The result window's questions (docs/desk.md): which calls wait, one call, and what its save has made.
import { queryOptions } from "@tanstack/react-query";
import type { Call, WholeCall } from "./calls";
import { get } from "./client";

export interface CallToFinish extends WholeCall {
  unsorted: string | null;
  finished_at: number | null;
}

export interface Waiting {
  calls: Call[];
  more: boolean;
}

export interface Saved {
  contact_id: number | null;
  lead_id: number | null;
  task_id: number | null;
  accepted: boolean;
  call: CallToFinish;
}

export const waiting = queryOptions({
  queryKey: ["to-finish"],
  queryFn: () => get<Waiting>("/desk/calls/to-finish"),
  staleTime: 60_000,
});

export const callToFinish = (id: number) =>
  queryOptions({
    queryKey: ["calls", "one", id, "result"],
    queryFn: () => get<CallToFinish>(`/desk/calls/${String(id)}/result`),
  });

interface Pipeline {
  id: number;
  name: string;
  is_archive: boolean;
  _embedded: { statuses: { id: number; name: string; color: string; type: number }[] };
}

const RARELY = 5 * 60_000; // ms: what only administrators change; `account_changed` tells of it at once

export const pipelines = queryOptions({
  queryKey: ["pipelines"],
  queryFn: async () =>
    (await get<{ _embedded: { pipelines: Pipeline[] } }>("/api/v4/leads/pipelines"))._embedded.pipelines,
  staleTime: RARELY,
});

export const choices = queryOptions({
  queryKey: ["choices"],
  queryFn: () => get<{ task_types: { id: number; name: string }[] }>("/desk/choices"),
  staleTime: RARELY,
});
