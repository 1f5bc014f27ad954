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
