// Asks for the window that makes a card, from anywhere: the desk listens and shows it.
import type { CardKind, CardOf } from "../api/calls";

export interface NewCardAsked {
  kind: CardKind;
  phone?: string;
  /** What it is to be bound to. */
  boundTo?: CardOf;
  /** Else the card's page opens. */
  onMade?: (card: CardOf) => void;
}

type Listener = (asked: NewCardAsked) => void;
let listener: Listener | null = null;

export function newCard(asked: NewCardAsked): void {
  listener?.(asked);
}

export function hearNewCards(hears: Listener): () => void {
  listener = hears;
  return () => {
    if (listener === hears) listener = null;
  };
}
