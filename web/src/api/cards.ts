// One card, its timeline and tasks as /desk tells of them (docs/desk.md), and the questions about them.
import { queryOptions } from "@tanstack/react-query";
import type { Call, CardKind, CardOf } from "./calls";
import { get, isRefusal } from "./client";
import { samePlace } from "./desk";

export interface Value {
  value: unknown;
  enum_id?: number | null;
  enum_code?: string | null;
}

export interface FieldValues {
  field_id: number;
  field_name: string;
  field_code: string | null;
  field_type: string;
  values: Value[];
}

export interface Card {
  id: number;
  name: string;
  responsible_user_id: number;
  created_by: number;
  updated_by: number;
  created_at: number;
  updated_at: number;
  custom_fields_values: FieldValues[] | null;
  _embedded: { tags: { id: number; name: string; color: string | null }[] };
  // leads
  price?: number;
  pipeline_id?: number;
  status_id?: number;
  loss_reason_id?: number | null;
  closed_at?: number | null;
  // customers
  next_price?: number;
  next_date?: number;
  periodicity?: number;
  ltv?: number;
  purchases_count?: number;
  average_check?: number;
}

export interface BoundCard {
  id: number;
  name: string;
  is_main: boolean;
  phone: string | null;
  email: string | null;
  price?: number;
  pipeline_id?: number;
  status_id?: number;
}

export interface Whole {
  card: Card;
  may: { edit: boolean };
  bound: Partial<Record<CardKind, { cards: BoundCard[]; count: number }>>;
}

export interface Field {
  id: number;
  name: string;
  type: string;
  code: string | null;
  is_api_only: boolean;
  is_visible?: boolean;
  is_required?: boolean;
  is_deletable?: boolean;
  sort?: number;
  currency?: string;
  remind?: string | null;
  enums: Enum[] | null;
}

export interface Enum {
  id: number;
  value: string;
  code?: string;
}

export interface Status {
  id: number;
  name: string;
  color: string;
  type: number;
}

export interface Stage extends Status {
  sort: number;
  is_editable: boolean;
}

export interface Pipeline {
  id: number;
  name: string;
  is_archive: boolean;
  is_main: boolean;
  is_unsorted_on: boolean;
  sort: number;
  _embedded: { statuses: Stage[] };
}

export interface Choices {
  task_types: { id: number; name: string }[];
  customer_statuses: Status[];
  loss_reasons: { id: number; name: string }[];
  customers: string;
  may_add: CardKind[];
}

export interface Task {
  id: number;
  text: string;
  task_type_id: number;
  complete_till: number;
  is_completed: boolean;
  result: string | null;
  responsible_user_id: number;
  created_by: number;
  updated_by: number;
  created_at: number;
  updated_at: number;
  entity: CardKind | null;
  entity_id: number | null;
  card: CardOf | null;
  may: { edit: boolean };
}

export interface Note {
  id: number;
  note_type: string;
  params: Record<string, unknown>;
  by: number;
  updated_by: number;
  updated_at: number;
  is_pinned: boolean;
}

export interface Change {
  type: string;
  value_before: Record<string, Record<string, unknown>>[];
  value_after: Record<string, Record<string, unknown>>[];
  by: number;
  card: CardOf | null;
}

export interface Unsorted {
  uid: string;
  category: "sip" | "forms";
  state: "waiting" | "accepted" | "declined" | "linked";
  decided_by: number | null;
  created_at: number;
  source: string | null;
  form: string | null;
  page: string | null;
  phone: string | null;
}

interface Placed {
  key: string;
  at: number;
}
export type NoteItem = Placed & { kind: "note"; note: Note };
export type Item =
  | NoteItem
  | (Placed & { kind: "task"; task: Task })
  | (Placed & { kind: "call"; call: Call })
  | (Placed & { kind: "change"; change: Change })
  | (Placed & { kind: "unsorted"; unsorted: Unsorted });

export interface PageOfTimeline {
  items: Item[];
  after: string | null;
  pinned: NoteItem[];
}

export interface PageOfTasks {
  tasks: Task[];
  after: string | null;
  days: { tomorrow: number; after: number };
}

export type Whose = "mine" | "group" | "all";
export type When = "overdue" | "today" | "tomorrow" | "later";

export interface TaskCounts {
  counts: Record<When, number>;
  most: number;
}

interface Listed<Name extends string, T> {
  _links: { next?: { href: string } };
  _embedded: Record<Name, T[]>;
}

const RARELY = 5 * 60_000; // ms: what only administrators change; `account_changed` tells of it at once

export const cardKey = (kind: CardKind, id: number | string) => ["card", kind, String(id)] as const;

/** null: there is none, or it is not to be seen. */
export const whole = (kind: CardKind, id: number | string) =>
  queryOptions({
    queryKey: cardKey(kind, id),
    queryFn: async () => {
      try {
        return await get<Whole>(`/desk/${kind}/${encodeURIComponent(id)}`);
      } catch (error) {
        if (isRefusal(error, 404)) return null;
        throw error;
      }
    },
  });

export const fieldsOf = (kind: CardKind) =>
  queryOptions({
    queryKey: ["fields", kind],
    queryFn: async () => {
      const found: Field[] = [];
      let path: string | undefined = `/api/v4/${kind}/custom_fields?limit=250&order[sort]=asc`;
      while (path !== undefined) {
        const page: Listed<"custom_fields", Field> | undefined = await get(path);
        found.push(...(page?._embedded.custom_fields ?? []));
        path = samePlace(page?._links.next?.href);
      }
      return found;
    },
    staleTime: RARELY,
  });

export const pipelines = queryOptions({
  queryKey: ["pipelines"],
  queryFn: async () =>
    (await get<Listed<"pipelines", Pipeline>>("/api/v4/leads/pipelines"))._embedded.pipelines,
  staleTime: RARELY,
});

export const choices = queryOptions({
  queryKey: ["choices"],
  queryFn: () => get<Choices>("/desk/choices"),
  staleTime: RARELY,
});

export const tagsOf = (kind: CardKind, words: string) =>
  queryOptions({
    queryKey: ["tags", kind, words],
    queryFn: async () =>
      (
        await get<Listed<"tags", { id: number; name: string }> | undefined>(
          `/api/v4/${kind}/tags?limit=20&query=${encodeURIComponent(words)}`,
        )
      )?._embedded.tags ?? [],
    staleTime: 30_000,
    placeholderData: (before: { id: number; name: string }[] | undefined) => before,
  });

export const openTasks = (kind: CardKind, id: number | string) =>
  queryOptions({
    queryKey: ["tasks", "card", kind, String(id)],
    queryFn: () =>
      get<PageOfTasks>(`/desk/tasks?whose=all&limit=250&entity=${kind}&id=${encodeURIComponent(id)}`),
  });

export const taskCounts = (whose: Whose) =>
  queryOptions({
    queryKey: ["tasks", "counts", whose],
    queryFn: () => get<TaskCounts>(`/desk/tasks/counts?whose=${whose}`),
  });
