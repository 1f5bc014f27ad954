// The desk as it stands now, for whoever shows it; and each fact as it is told, for whoever must act on it.
import { useSyncExternalStore } from "react";
import type { Desk } from "./desk";
import type { Told } from "./facts.gen";

/** `before` is the desk as it was until these facts. */
type Hearer = (facts: Told[], heardAt: number, before: Desk) => void;

let desk: Desk | undefined;
let heard = 0;
const listeners = new Set<() => void>();
const hearers = new Set<Hearer>();

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const deskNow = (): Desk | undefined => desk;

/** When facts were heard last, as `performance.now()` tells it; 0: not yet. */
export const heardLast = (): number => heard;

export function showDesk(next: Desk | undefined, heardAt = 0): void {
  heard = heardAt;
  if (next === desk) return;
  desk = next;
  for (const listener of [...listeners]) listener();
}

/** A part of the desk; it must be the very same while nothing of it has changed. Undefined until it is known. */
export function useDesk<T>(part: (desk: Desk) => T): T | undefined {
  return useSyncExternalStore(subscribe, () => (desk === undefined ? undefined : part(desk)));
}

/** Told after the desk has changed by them; `heardAt` is `performance.now()` of that moment. */
export function hearFacts(hearer: Hearer): () => void {
  hearers.add(hearer);
  return () => {
    hearers.delete(hearer);
  };
}

export function tellFacts(facts: Told[], heardAt: number, before: Desk): void {
  for (const hearer of [...hearers]) hearer(facts, heardAt, before);
}
