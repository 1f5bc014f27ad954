// Whether a number has an owner already: told in words before the server refuses.
import type { Phone } from "./routing";

export interface NewPhone {
  number: string;
  pbx_id: number | null;
}

export type Double =
  { what: "missing" | "twice"; index: number } | { what: "taken"; index: number; user_id: number };

const same = (one: number | null, other: number | null): boolean =>
  one === null || other === null || one === other;

/** The first phone that cannot be kept. A phone of every PBX is also one of each. */
export function doubleOf(phones: readonly NewPhone[], userId: number, all: readonly Phone[]): Double | null {
  for (const [index, { number, pbx_id: pbx }] of phones.entries()) {
    const text = number.trim();
    if (text === "") return { what: "missing", index };
    if (phones.some((each, place) => place < index && each.number.trim() === text && each.pbx_id === pbx)) {
      return { what: "twice", index };
    }
    const owner = all.find(
      (each) => each.user_id !== userId && each.number === text && same(each.pbx_id, pbx),
    );
    if (owner) return { what: "taken", index, user_id: owner.user_id };
  }
  return null;
}
