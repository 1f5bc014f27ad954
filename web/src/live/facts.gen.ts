// Written by `make types` from server/trubka/rules/facts.py: change that, not this.

/** People, rights, fields, pipelines or tokens: what processes and browsers keep in memory is old. */
export interface AccountChanged {
  fact: "account_changed";
  by: number;
  at: number;
  what: string;
}

export interface CardAdded {
  fact: "card_added";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
}

/** `changed` names what is different now; the old owner stands here when the owner is. */
export interface CardChanged {
  fact: "card_changed";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
  changed?: string[];
  old_owner?: number | null;
}

export interface CardDeleted {
  fact: "card_deleted";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
}

export interface CardRestored {
  fact: "card_restored";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  owner: number;
}

export interface CardsBound {
  fact: "cards_bound";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  to_entity: Entity;
  to_id: number;
}

export interface CardsUnbound {
  fact: "cards_unbound";
  by: number;
  at: number;
  entity: Entity;
  id: number;
  to_entity: Entity;
  to_id: number;
}

/** The number is amoCRM's v2 `element_type` and stands in the tables. */
export type Entity = 1 | 2 | 3 | 4 | 12;

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
}

export interface NoteAdded {
  fact: "note_added";
  by: number;
  at: number;
  id: number;
  entity: Entity;
  entity_id: number;
  note_type: string;
}

export interface NoteChanged {
  fact: "note_changed";
  by: number;
  at: number;
  id: number;
  entity: Entity;
  entity_id: number;
  note_type: string;
}

export interface TaskAdded {
  fact: "task_added";
  by: number;
  at: number;
  id: number;
  owner: number;
  entity?: Entity | null;
  entity_id?: number | null;
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
}

export interface TaskDeleted {
  fact: "task_deleted";
  by: number;
  at: number;
  id: number;
  owner: number;
}

export type AnyFact = CardAdded | CardChanged | CardDeleted | CardRestored | LeadMoved | CardsBound | CardsUnbound | NoteAdded | NoteChanged | TaskAdded | TaskChanged | TaskDeleted | AccountChanged;
