// Written by `make types` from server/trubka/rules/facts.py: change that, not this.

/** People, rights, fields, pipelines or tokens: what processes and browsers keep in memory is old. */
export interface AccountChanged {
  fact: "account_changed";
  by: number;
  at: number;
  what: string;
}

/** By the user; or by itself, since the trouble is over. */
export interface AlertClosed {
  fact: "alert_closed";
  by: number;
  at: number;
  id: string;
  user: number;
}

/** Something has gone wrong in the background, perhaps once more: told to this user alone. */
export interface AlertRaised {
  fact: "alert_raised";
  by: number;
  at: number;
  id: string;
  user: number;
  kind: string;
}

/** Somebody of ours talks, or another of us does now. */
export interface CallAnswered {
  fact: "call_answered";
  by: number;
  at: number;
  id: number;
  users: number[];
  user?: number | null;
  entity?: Entity | null;
  entity_id?: number | null;
  going?: Going | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
  old_entity?: Entity | null;
  old_owner?: number | null;
  old_pipeline_id?: number;
  old_status_id?: number;
}

/** Its card, its outcome or its recording is another; or it is held, or goes on in another way. */
export interface CallChanged {
  fact: "call_changed";
  by: number;
  at: number;
  id: number;
  users: number[];
  entity?: Entity | null;
  entity_id?: number | null;
  going?: Going | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
  old_entity?: Entity | null;
  old_owner?: number | null;
  old_pipeline_id?: number;
  old_status_id?: number;
}

export interface CallEnded {
  fact: "call_ended";
  by: number;
  at: number;
  id: number;
  users: number[];
  missed?: boolean | null;
  entity?: Entity | null;
  entity_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
  old_entity?: Entity | null;
  old_owner?: number | null;
  old_pipeline_id?: number;
  old_status_id?: number;
}

/** It has joined another conversation, which alone is shown from now on. Told in place of a change, too, to those */
export interface CallGone {
  fact: "call_gone";
  by: number;
  at: number;
  id: number;
  users?: number[];
  entity?: Entity | null;
  entity_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
}

/** Others have told of a call that is over. `user` is offered the result window. */
export interface CallLogged {
  fact: "call_logged";
  by: number;
  at: number;
  id: number;
  users: number[];
  user?: number | null;
  entity?: Entity | null;
  entity_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
}

/** Others say that somebody calls right now (/api/v2/events). */
export interface CallNoticed {
  fact: "call_noticed";
  by: number;
  at: number;
  id: string;
  users?: number[] | null;
  entity?: Entity | null;
  entity_id?: number | null;
  number?: string;
  until?: number;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
}

/** A conversation has begun, or rings somebody else now. */
export interface CallRang {
  fact: "call_rang";
  by: number;
  at: number;
  id: number;
  users: number[];
  entity?: Entity | null;
  entity_id?: number | null;
  going?: Going | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
  old_entity?: Entity | null;
  old_owner?: number | null;
  old_pipeline_id?: number;
  old_status_id?: number;
}

export interface CardAdded {
  fact: "card_added";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
  pipeline_id?: number;
  status_id?: number;
}

/** `changed` names what is different now; the old owner and the old status stand here when they are. */
export interface CardChanged {
  fact: "card_changed";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
  changed?: string[];
  old_owner?: number | null;
  old_pipeline_id?: number | null;
  old_status_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
}

export interface CardDeleted {
  fact: "card_deleted";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
  pipeline_id?: number;
  status_id?: number;
}

export interface CardRestored {
  fact: "card_restored";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
  pipeline_id?: number;
  status_id?: number;
}

/** Both cards with their owners; only the first can be a lead. */
export interface CardsBound {
  fact: "cards_bound";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  to_entity: Entity;
  to_id: number;
  owner: number;
  to_owner: number;
  pipeline_id?: number;
  status_id?: number;
}

export interface CardsUnbound {
  fact: "cards_unbound";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  to_entity: Entity;
  to_id: number;
  owner: number;
  to_owner: number;
  pipeline_id?: number;
  status_id?: number;
}

export interface DebtClosed {
  fact: "debt_closed";
  by: number;
  at: number;
  id: number;
  owner?: number | null;
  entity?: Entity | null;
  entity_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
}

/** Or they called again. */
export interface DebtOpened {
  fact: "debt_opened";
  by: number;
  at: number;
  id: number;
  call_id: number;
  owner?: number | null;
  entity?: Entity | null;
  entity_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  card_owner?: number | null;
}

/** The number is amoCRM's v2 `element_type` and stands in the tables. */
export type Entity = 1 | 2 | 3 | 4 | 12;

/** A call that goes on, as it stands: with it a card is on the screen before anything is asked. Users of ours by */
export interface Going {
  direction: string;
  number: string | null;
  line: string | null;
  started_at: number;
  answered_at: number | null;
  caller: number | null;
  ringing: number[];
  talking: number[];
  talks_at: string | null;
  on_hold: boolean;
  queue: string | null;
  sent_by: number | null;
}

/** Told in place of a change to those who saw the record before it and do not see it now; never recorded. */
export interface Gone {
  fact: "gone";
  by: number;
  at: number;
  entity: Entity;
  id: number;
}

/** To another status, perhaps of another pipeline. */
export interface LeadMoved {
  fact: "lead_moved";
  by: number;
  at: number;
  id: number;
  owner: number;
  pipeline_id: number;
  status_id: number;
  old_pipeline_id: number;
  old_status_id: number;
  old_owner?: number | null;
}

/** The owner is the card's. */
export interface NoteAdded {
  fact: "note_added";
  by: number;
  at: number;
  id: number;
  entity: Entity;
  entity_id: number;
  note_type: string;
  owner: number;
  pipeline_id?: number;
  status_id?: number;
}

export interface NoteChanged {
  fact: "note_changed";
  by: number;
  at: number;
  id: number;
  entity: Entity;
  entity_id: number;
  note_type: string;
  owner: number;
  pipeline_id?: number;
  status_id?: number;
}

/** By `by` for himself; or for all, when it joined a conversation. */
export interface NoticeClosed {
  fact: "notice_closed";
  by: number;
  at: number;
  id: string;
  users?: number[] | null;
  call_id?: number | null;
}

/** Lines, plans, hours, extensions, absence: who rings may be another now. */
export interface RoutingChanged {
  fact: "routing_changed";
  by: number;
  at: number;
  what: string;
}

/** A browser is signed out, or stands in another company now: its sockets end. Told to nobody. */
export interface SessionEnded {
  fact: "session_ended";
  by: number;
  at: number;
  session: string;
}

export interface TaskAdded {
  fact: "task_added";
  by: number;
  at: number;
  id: number;
  owner: number;
  entity?: Entity | null;
  entity_id?: number | null;
  complete_till?: number;
  is_completed?: boolean;
}

export interface TaskChanged {
  fact: "task_changed";
  by: number;
  at: number;
  id: number;
  owner: number;
  completed?: boolean;
  old_owner?: number | null;
  entity?: Entity | null;
  entity_id?: number | null;
  complete_till?: number;
  is_completed?: boolean;
}

export interface TaskDeleted {
  fact: "task_deleted";
  by: number;
  at: number;
  id: number;
  owner: number;
}

export interface UnsortedAdded {
  fact: "unsorted_added";
  by: number;
  at: number;
  id: number;
  uid: string;
  category: string;
  lead_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  owner?: number;
  users?: number[];
}

/** Somebody else told of the same call, and knew more of it. */
export interface UnsortedChanged {
  fact: "unsorted_changed";
  by: number;
  at: number;
  id: number;
  uid: string;
  category: string;
  lead_id?: number | null;
  pipeline_id?: number;
  status_id?: number;
  owner?: number;
  users?: number[];
}

/** Where the lead stood until then; and the cards that it has become, or that went to the bin. */
export interface UnsortedDecided {
  fact: "unsorted_decided";
  by: number;
  at: number;
  id: number;
  uid: string;
  category: string;
  decision: string;
  lead_id?: number | null;
  leads?: number[];
  contacts?: number[];
  pipeline_id?: number;
  status_id?: number;
  owner?: number;
  users?: number[];
}

export type Told = CardAdded | CardChanged | CardDeleted | CardRestored | LeadMoved | CardsBound | CardsUnbound | NoteAdded | NoteChanged | TaskAdded | TaskChanged | TaskDeleted | CallRang | CallAnswered | CallEnded | CallLogged | CallChanged | CallGone | CallNoticed | NoticeClosed | AlertRaised | AlertClosed | DebtOpened | DebtClosed | UnsortedAdded | UnsortedChanged | UnsortedDecided | RoutingChanged | AccountChanged | SessionEnded | Gone;
