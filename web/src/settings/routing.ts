// How calls go, as docs/desk.md tells it: lines with their plans, working hours, phones of people; and what is asked of it.
import { queryOptions } from "@tanstack/react-query";
import { get } from "../api/client";

export type Step =
  | { step: "owner"; seconds: number }
  | { step: "users"; ids: number[]; seconds: number }
  | { step: "group"; id: number; seconds: number }
  | { step: "queue"; name: string };

export interface Line {
  id: number;
  number: string;
  name: string;
  pbx_id: number | null;
  schedule_id: number | null;
  plan: Step[];
  closed_plan: Step[];
  fallback: string;
  is_active: boolean;
}

/** From and to, in minutes of the day; an end before its beginning is on the next day. */
export type Span = [number, number];

export interface Hours {
  id: number;
  name: string;
  time_zone: string | null;
  week: Span[][];
  holidays: Record<string, Span[]>;
}

export interface Pbx {
  id: number;
  kind: string;
  name: string;
  is_active: boolean;
}

export interface Routing {
  pbxes: Pbx[];
  lines: Line[];
  hours: Hours[];
}

export type PhoneKind = "desk" | "browser" | "mobile" | "fmc";

export interface Phone {
  id: number;
  user_id: number;
  number: string;
  kind: PhoneKind;
  pbx_id: number | null;
  device: string;
  is_confirmed_by_key: boolean;
  rings: boolean;
}

export interface Absence {
  user_id: number;
  quiet_until: number | null;
  away_from: number | null;
  away_until: number | null;
  deputy_id: number | null;
}

export interface Phones {
  extensions: Phone[];
  absences: Absence[];
}

export const CODES = [
  "open",
  "closed",
  "no_line",
  "known",
  "unknown",
  "hidden",
  "no_owner",
  "rings",
  "quiet",
  "away",
  "deputy",
  "left",
  "no_device",
  "twice",
  "queue",
  "too_many",
  "nobody",
  "fallback",
] as const;

export interface Explained {
  line_id: number | null;
  caller: { entity_type: string; entity_id: number; responsible_user_id: number } | null;
  rings: { users: number[]; seconds: number; dial: string[] | null }[];
  then: string;
  reasons: { code: (typeof CODES)[number]; text: string; user_id?: number; step?: string; word?: string }[];
  answer: string | null;
}

export const routing = queryOptions({ queryKey: ["routing"], queryFn: () => get<Routing>("/desk/routing") });
export const phones = queryOptions({ queryKey: ["phones"], queryFn: () => get<Phones>("/desk/extensions") });

export function explain(caller: string, dialled: string, pbx: number | null): Promise<Explained> {
  const asked = new URLSearchParams({ caller, dialled, ...(pbx === null ? {} : { pbx_id: String(pbx) }) });
  return get<Explained>(`/api/routing/explain?${asked.toString()}`);
}
