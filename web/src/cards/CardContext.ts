// The card whose page is open, for all of its parts; and how it is changed.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { CardKind } from "../api/calls";
import { cardKey, type Whole } from "../api/cards";
import { patch } from "../api/client";

export interface OpenCard {
  kind: CardKind;
  id: number;
  whole: Whole;
}

export const CardContext = createContext<OpenCard | null>(null);

export function useCard(): OpenCard {
  const open = useContext(CardContext);
  if (!open) throw new Error("outside a card");
  return open;
}

/** A change, and what was seen before it: what a colleague has changed since is refused with 409. */
export function useChange() {
  const { kind, id } = useCard();
  const client = useQueryClient();
  const key = cardKey(kind, id);
  return {
    change: async (change: object, seen: object) => {
      const next = await patch<Whole>(`/desk/${kind}/${String(id)}`, { change, seen });
      client.setQueryData(key, next);
      void client.invalidateQueries({ queryKey: ["timeline", kind, String(id)] });
    },
    renew: () => client.invalidateQueries({ queryKey: key }),
  };
}
