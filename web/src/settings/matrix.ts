// The matrix of rights: which cells there are, and a change to one of them.
import type { CardRights, Level, Rights } from "../api/desk";

export const THINGS = ["leads", "contacts", "companies", "tasks"] as const;
export const ACTIONS = ["view", "edit", "add", "delete", "export"] as const;
export type Thing = (typeof THINGS)[number];
export type Action = (typeof ACTIONS)[number];

const EVERYTHING: CardRights = { view: "A", edit: "A", add: "A", delete: "A", export: "A" };

/** What a new role begins with: see one's group's, change one's own, delete nothing. */
export const FIRST: Rights = {
  leads: { view: "G", edit: "M", add: "A", delete: "D", export: "D" },
  contacts: { view: "G", edit: "M", add: "A", delete: "D", export: "D" },
  companies: { ...EVERYTHING, edit: "M", delete: "D", export: "D" },
  tasks: { edit: "M", delete: "D" },
  mail_access: true,
  catalog_access: true,
  status_rights: null,
};

/** The levels that a cell may have; none when there is no such cell. */
export function levels(thing: Thing, action: Action): Level[] {
  if (thing === "tasks") return action === "edit" || action === "delete" ? ["A", "G", "M", "D"] : [];
  return action === "add" ? ["A", "D"] : ["A", "G", "M", "D"];
}

export function levelOf(rights: Rights, thing: Thing, action: Action): Level {
  const level = (rights[thing] as Partial<CardRights>)[action] ?? "D";
  // amoCRM's "linked to mine" counts as one's own here.
  return level === "L" ? "M" : level;
}

export function withLevel(rights: Rights, thing: Thing, action: Action, level: Level): Rights {
  return { ...rights, [thing]: { ...rights[thing], [action]: level } };
}
