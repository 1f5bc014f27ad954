// Which of what was loaded a fact makes old: the keys of the questions in api/desk.ts.
import type { QueryKey } from "@tanstack/react-query";
import type { Entity, Told } from "../live/facts.gen";

const CONTACT = 1;
const LEAD = 2;

interface Stale {
  key: QueryKey;
  exact: boolean; // not what stands below this key
  later?: true; // it asks anew by itself, after a while
}

export function staleBy(fact: Told): Stale[] {
  switch (fact.fact) {
    case "card_added":
    case "card_deleted":
    case "card_restored":
    case "gone":
      return [...card(fact.entity, fact.id), { key: ["counts"], exact: true }];
    case "card_changed":
      return [
        ...card(fact.entity, fact.id),
        ...((fact.old_owner ?? null) === null ? [] : [{ key: ["counts"], exact: true }]),
      ];
    case "lead_moved":
      return card(LEAD, fact.id);
    case "unsorted_added":
    case "unsorted_decided": // what becomes of its contact and company is told besides
      return [{ key: ["unsorted"], exact: false }, ...(fact.lead_id ? card(LEAD, fact.lead_id) : [])];
    case "unsorted_changed":
      return [{ key: ["unsorted"], exact: false }];
    case "cards_bound":
    case "cards_unbound":
      return [...card(fact.entity, fact.id), ...card(fact.to_entity, fact.to_id)];
    case "note_added":
    case "note_changed":
      return story(fact.entity, fact.entity_id);
    case "routing_changed":
      return ROUTING;
    case "account_changed":
      return [...ACCOUNT.map((name) => ({ key: [name], exact: false })), ...SHAPES];
    case "task_added":
    case "task_changed":
      return [TASKS, ...ofCard(fact)];
    case "task_deleted":
      return [TASKS];
    case "call_rang":
    case "call_answered":
    case "call_ended":
    case "call_logged":
    case "call_changed":
    case "call_gone":
      return [...CALLS, ...ofCard(fact)];
    case "debt_opened":
    case "debt_closed":
      return [{ key: ["debts"], exact: false }, ...CALLS, ...ofCard(fact)];
    case "alert_raised":
    case "alert_closed":
      return [{ key: ["alerts"], exact: false }];
    case "call_noticed":
    case "notice_closed":
    case "session_ended":
      return [];
    default:
      return never(fact, []);
  }
}

/** Who one is, what one may, and whom the settings show. */
const ACCOUNT = [
  "me",
  "users",
  "groups",
  "roles",
  "company",
  "integrations",
  "tokens",
  "webhooks",
  "counts",
  "contacts",
  "calls",
  "debts",
  "unsorted",
  "card",
  "fields",
  "pipelines",
  "choices",
  "colleagues",
  "tasks",
];

/** What boards and tables are made of; the cards in them are told of one by one. */
const SHAPES: Stale[] = [
  { key: ["board", "layout"], exact: true },
  { key: ["board", "counts"], exact: false },
  ...["contacts", "companies", "leads", "customers"].map((kind) => ({
    key: ["table", kind, "about"],
    exact: true,
  })),
];

const ROUTING: Stale[] = ["routing", "phones"].map((name) => ({ key: [name], exact: false }));

/** The pages of the list stay as they were read; what is new of them stands in the latest. */
const CALLS: Stale[] = [
  ...["latest", "one"].map((part) => ({ key: ["calls", part], exact: false })),
  { key: ["calls", "summary"], exact: false, later: true },
];

const TASKS: Stale = { key: ["tasks"], exact: false };

const KINDS: Partial<Record<Entity, string>> = { 1: "contacts", 2: "leads", 3: "companies", 12: "customers" };

/** A card: its list, its page, its timeline. */
const card = (entity: Entity, id: number): Stale[] => [
  ...(entity === CONTACT ? [{ key: ["contacts"], exact: true }] : []),
  ...(KINDS[entity] === undefined ? [TASKS] : [{ key: ["card", KINDS[entity], String(id)], exact: true }]),
  ...story(entity, id),
];

const ofCard = (fact: { entity?: Entity | null; entity_id?: number | null }): Stale[] =>
  fact.entity && fact.entity_id ? story(fact.entity, fact.entity_id) : [];

const story = (entity: Entity, id: number): Stale[] =>
  KINDS[entity] === undefined ? [] : [{ key: ["timeline", KINDS[entity], String(id)], exact: false }];

/** A fact without a case does not compile; one of a newer server makes nothing old. */
function never(_: never, stale: Stale[]): Stale[] {
  return stale;
}
