// The logs of the settings as /desk tells of them (docs/desk.md): deliveries to webhooks, and how recordings stand.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { CardOf, Direction, RecordingState } from "./calls";
import { get, post } from "./client";

export interface Counted {
  count: number;
  more: boolean;
}

export interface Hook {
  id: number;
  destination: string;
  settings: string[];
  disabled: boolean;
  created_at: number;
  created_by: number;
  waiting: Counted;
  failed: Counted;
}

export type DeliveryState = "waiting" | "failed" | "delivered";

export interface Delivery {
  id: number;
  event: string;
  state: DeliveryState;
  attempts: number;
  status: number | null;
  cause: "answered" | "slow" | "unreachable" | "closed" | "private" | "switched_off" | "other" | null;
  detail: string | null;
  created_at: number;
  answered_at: number | null;
  next_at: number | null;
}

export interface WholeDelivery extends Delivery {
  webhook_id: number;
  body: string;
  is_whole: boolean;
  pairs: [string, string][];
}

export interface Log {
  webhook: Hook;
  deliveries: Delivery[];
  after: number | null;
}

export interface News {
  webhook: Hook;
  deliveries: Delivery[];
  newer: Counted;
}

const PAGE = 50; // rows
const LOOK = 3_000; // ms, between looks at what becomes of deliveries
const LOOK_LIST = 10_000;
export const MOST_ASKED = 100; // rows that are asked for by their numbers

export const hooks = queryOptions({
  queryKey: ["webhooks"],
  queryFn: () => get<{ webhooks: Hook[]; kept_days: number }>("/desk/webhooks"),
  refetchInterval: LOOK_LIST,
});

/** The rows stay as they were read, until the news change them in their place. */
export const logOf = (hook: number, state: DeliveryState | "") =>
  infiniteQueryOptions({
    queryKey: ["deliveries", hook, state],
    queryFn: ({ pageParam }) =>
      get<Log>(
        `/desk/webhooks/${String(hook)}/log?limit=${String(PAGE)}&state=${state}&after=${String(pageParam ?? "")}`,
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.after,
    staleTime: Infinity,
    refetchOnMount: "always",
    gcTime: 0,
  });

export const newsOf = (hook: number, state: DeliveryState | "", since: number, ids: () => number[]) =>
  queryOptions({
    queryKey: ["news", hook, state, since],
    queryFn: () =>
      get<News>(
        `/desk/webhooks/${String(hook)}/news?state=${state}&since=${String(since)}&ids=${ids().join(",")}`,
      ),
    refetchInterval: LOOK,
    gcTime: 0,
  });

export const deliveryOf = (id: number) =>
  queryOptions({
    queryKey: ["delivery", id],
    queryFn: () => get<WholeDelivery>(`/desk/webhooks/deliveries/${String(id)}`),
  });

export const sendAgain = (id: number) => post<WholeDelivery>(`/desk/webhooks/deliveries/${String(id)}/send`);

// Recordings.

export type WrongState = "waiting" | "failed" | "empty" | "refused";

export interface Sums {
  states: Record<RecordingState, Counted>;
  bytes: number;
  reasons: { state: WrongState; code: string; count: number }[];
}

export interface WrongRecording {
  id: number;
  call_id: number;
  state: RecordingState;
  why: { code: string; detail: string } | null;
  tries_left: number;
  again_seconds: number | null;
  at_work: boolean;
  seconds: number | null;
  url: string | null;
  created_at: number;
  call: {
    id: number;
    number: string | null;
    direction: Direction;
    started_at: number;
    user_id: number | null;
    card: CardOf | null;
  } | null;
}

export interface WrongPage {
  recordings: WrongRecording[];
  after: number | null;
}

export const sums = queryOptions({
  queryKey: ["recording-sums"],
  queryFn: () => get<Sums>("/desk/recordings/sums"),
  refetchInterval: LOOK_LIST,
});

export const wrongOf = (words: string) =>
  infiniteQueryOptions({
    queryKey: ["recordings-wrong", words],
    queryFn: ({ pageParam }) =>
      get<WrongPage>(
        `/desk/recordings/wrong?limit=${String(PAGE)}&${words}&after=${String(pageParam ?? "")}`,
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.after,
    staleTime: Infinity,
    refetchOnMount: "always",
    gcTime: 0,
  });

export const theseOf = (words: string, ids: () => number[]) =>
  queryOptions({
    queryKey: ["recordings-these", words],
    queryFn: () => get<{ recordings: WrongRecording[] }>(`/desk/recordings/these?ids=${ids().join(",")}`),
    refetchInterval: LOOK,
    gcTime: 0,
  });
