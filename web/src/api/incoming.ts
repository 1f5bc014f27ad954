// The card of a call as /desk tells of it (docs/desk.md), and what is asked of the PBX.
import { queryOptions } from "@tanstack/react-query";
import type { CardKind } from "./calls";
import { get, patch, post } from "./client";

/** A card as far as I see it. */
export interface Seen {
  entity: CardKind;
  id: number;
  name: string;
  owner: number;
  company: { id: number; name: string } | null;
  talked_at: number | null;
  price: number | null;
  stage: string | null;
  color: string | null;
}

export interface Caller {
  person: Seen | null;
  card: Seen | null;
  lead: Seen | null;
  leads: number;
  line: { number: string; name: string } | null;
  today: number;
  debt: { id: number; calls: number; opened_at: number } | null;
  chosen: "only" | "contact" | "whole_number" | "latest" | "oldest" | null;
  why: "one_lead" | "one_customer" | "nothing_linked" | "several_linked" | null;
  candidates: Seen[];
  obeys: boolean;
}

export type Command = "answer" | "decline" | "hold" | "unhold" | "transfer" | "hang_up";

/** `card` is what the call stands on now: with another one, everything about it is another. */
export const caller = (of: "calls" | "notices", id: number | string, card: string) =>
  queryOptions({
    queryKey: ["caller", of, id, card],
    queryFn: () => get<Caller>(`/desk/${of}/${id}/card`),
    staleTime: 30_000,
    placeholderData: (before: Caller | undefined) => before,
  });

export const command = (callId: number, name: Command, to?: number): Promise<undefined> =>
  post(`/desk/calls/${callId}/command`, { command: name, ...(to === undefined ? {} : { to }) });

export const bind = (callId: number, card: { entity: CardKind; id: number }): Promise<unknown> =>
  patch(`/desk/calls/${callId}`, { card: { entity: card.entity, id: card.id } });

export const closeNotice = (id: string): Promise<undefined> => post(`/desk/notices/${id}/close`);

export async function newContact(name: string, number: string, owner: number): Promise<number> {
  const phone = { field_code: "PHONE", values: [{ value: number, enum_code: "WORK" }] };
  const made = await post<{ _embedded: { contacts: { id: number }[] } }>("/api/v4/contacts", [
    { name, responsible_user_id: owner, custom_fields_values: [phone] },
  ]);
  const id = made._embedded.contacts[0]?.id;
  if (id === undefined) throw new Error("no contact was made");
  return id;
}

export type RingWish = { caller: "known" | "unknown"; to: "me" | "group" };
export const ringMe = (wish: RingWish): Promise<{ id: number }> => post("/desk/demo/ring", wish);
