// Which calls concern me, how each stands in words, and what stays on the screen for a moment after it has gone.
import type { LiveCall } from "../api/types.gen";
import { apply, type Desk } from "../live/desk";
import type { Going, Told } from "../live/facts.gen";

export const ANSWERED_FOR = 2_000; // ms: "answered by …" stays
export const MISSED_FOR = 5_000; // ms: a missed call stays
const ORDINAL_FROM = 2;

export type Part = "rings" | "talks" | "calls";

/** What I have to do with a call: it rings me, I talk, or I call somebody; else nothing. */
export function partOf(going: Going, me: number): Part | undefined {
  if (going.talking.includes(me)) return "talks";
  if (going.ringing.includes(me)) return "rings";
  return going.caller === me && going.talking.length === 0 ? "calls" : undefined;
}

const RANK: Record<Part, number> = { rings: 0, calls: 1, talks: 2 };

/** My calls: what rings before what goes on; the longest waiting first. */
export function mine(calls: LiveCall[], me: number): LiveCall[] {
  return calls
    .map((call) => ({ call, part: partOf(call.going, me) }))
    .filter((each): each is { call: LiveCall; part: Part } => each.part !== undefined)
    .sort((one, other) => RANK[one.part] - RANK[other.part] || one.call.id - other.call.id)
    .map((each) => each.call);
}

/** A call that rang me and does not any more: somebody else talks, or nobody ever will. */
export interface Left {
  call: LiveCall;
  how: "answered" | "missed";
  by: number | null; // who talks; else where
  at: string | null;
}

/** What facts leave behind of the calls that rang me. */
export function leftBy(before: Desk, facts: Told[], me: number): Left[] {
  const left: Left[] = [];
  let desk = before;
  for (const fact of facts) {
    const was = desk;
    desk = apply(desk, fact);
    if (fact.fact !== "call_answered" && fact.fact !== "call_ended") continue;
    const call = was.calls.find((each) => each.id === fact.id);
    if (!call || partOf(call.going, me) !== "rings") continue;
    if (fact.fact === "call_ended") {
      if (fact.missed !== false) left.push({ call, how: "missed", by: null, at: null });
      continue;
    }
    const now = desk.calls.find((each) => each.id === fact.id);
    if (!now || now.going.ringing.includes(me) || now.going.talking.includes(me)) continue;
    left.push({ call: now, how: "answered", by: now.going.talking.at(-1) ?? null, at: now.going.talks_at });
  }
  return left;
}

/** mm:ss, or h:mm:ss. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${hours > 0 ? two(Math.floor(whole / 60) % 60) : Math.floor(whole / 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

export const calledBefore = (today: number): boolean => today >= ORDINAL_FROM;

/** A number as people read it; what we do not know how to group stands as it came. */
export function written(number: string): string {
  const digits = number.replace(/\D/g, "");
  const russian = /^[78](\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits);
  if (russian) return `+7 ${russian[1] ?? ""} ${russian[2] ?? ""}-${russian[3] ?? ""}-${russian[4] ?? ""}`;
  return number;
}
