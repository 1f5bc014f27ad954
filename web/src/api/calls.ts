// Calls as /desk tells of them (docs/desk.md), and the questions about them.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get } from "./client";

export type CardKind = "contacts" | "companies" | "leads" | "customers";
export type Direction = "inbound" | "outbound" | "internal";
export type RecordingState = "waiting" | "fetched" | "empty" | "failed" | "refused" | "deleted";

export interface CardOf {
  entity: CardKind;
  id: number;
  name: string;
}

export interface Call {
  id: number;
  source: number;
  direction: Direction;
  number: string | null;
  who: string | null;
  line: string | null;
  started_at: number;
  answered_at: number | null;
  ended_at: number | null;
  talk_seconds: number;
  missed: boolean | null;
  user_id: number | null;
  user_ids: number[];
  card: CardOf | null;
  note_id: number | null;
  status: number | null;
  result: string | null;
  recordings: { id: number; state: RecordingState; seconds: number | null }[];
  owed: boolean;
}

export interface WholeCall extends Call {
  chosen: "only" | "contact" | "whole_number" | "latest" | "oldest" | null;
  why: "one_lead" | "one_customer" | "nothing_linked" | "several_linked" | null;
  candidates: CardOf[];
}

export interface Sum {
  answered: number;
  missed: number;
  outbound: number;
  talk_seconds: number;
}

export interface Summary {
  from: number;
  to: number;
  more: boolean;
  all: Sum;
  hours: ({ hour: number } & Sum)[];
  users: ({ user_id: number | null } & Sum)[];
}

export interface Line {
  id: number;
  number: string;
  name: string;
  is_active: boolean;
}

export interface PageOfCalls {
  calls: Call[];
  after: string | null;
  searched: number | null; // the page is not full, and so far back was looked: further on there may be more
}

const PAGE = 100; // calls
const SUMMARY_AGAIN = 10_000; // ms

/** The latest first; `words` are the filters as the server takes them. */
export const callsOf = (words: string) =>
  infiniteQueryOptions({
    queryKey: ["calls", "list", words],
    queryFn: ({ pageParam }) =>
      get<PageOfCalls>(`/desk/calls?limit=${String(PAGE)}&${words}&after=${pageParam ?? ""}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.after,
  });

/** What stands at the top by now: asked anew by every call, while the pages below stay as they were read. */
export const latestCalls = (words: string) =>
  queryOptions({
    queryKey: ["calls", "latest", words],
    queryFn: () => get<PageOfCalls>(`/desk/calls?limit=50&${words}`),
  });

export const callOf = (id: number) =>
  queryOptions({ queryKey: ["calls", "one", id], queryFn: () => get<WholeCall>(`/desk/calls/${id}`) });

export const summaryOf = (words: string) =>
  queryOptions({
    queryKey: ["calls", "summary", words],
    queryFn: () => get<Summary>(`/desk/calls/summary?${words}`),
    // A company's day is not counted anew with every call: what facts have made old is asked for a while later, and
    // only by a page that is looked at.
    staleTime: 60_000, // ms
    refetchInterval: (query) => (query.state.isInvalidated ? SUMMARY_AGAIN : false),
    placeholderData: (before) => before,
  });

export const lines = queryOptions({
  queryKey: ["lines"],
  queryFn: async () => (await get<{ lines: Line[] }>("/desk/lines")).lines,
  staleTime: 300_000,
});
