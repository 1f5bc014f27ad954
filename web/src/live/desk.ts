// What the desk shows, as the server told it at one moment, and what each fact changes in it.
import type { Announced, Desk as FirstDesk, LiveCall, OpenTask } from "../api/types.gen";
import type { Told } from "./facts.gen";

/** `old`: rights or people have changed, so that what one may see is to be asked anew. */
export interface Desk extends FirstDesk {
  old: boolean;
}

export function begin(desk: FirstDesk): Desk {
  return { ...desk, old: false };
}

/** The same fact twice changes nothing more. */
export function apply(desk: Desk, fact: Told): Desk {
  switch (fact.fact) {
    case "task_added":
    case "task_changed":
      return fact.owner === desk.user_id && fact.is_completed !== true
        ? withTask(desk, {
            id: fact.id,
            complete_till: fact.complete_till ?? 0,
            entity: fact.entity ?? null,
            entity_id: fact.entity_id ?? null,
          })
        : withoutTask(desk, fact.id);
    case "task_deleted":
      return withoutTask(desk, fact.id);
    case "gone":
      return fact.entity === TASK ? withoutTask(desk, fact.id) : withoutCard(desk, fact.entity, fact.id);
    case "call_rang":
    case "call_answered":
    case "call_changed":
      return fact.going
        ? withCall(desk, {
            id: fact.id,
            entity: fact.entity ?? null,
            entity_id: fact.entity_id ?? null,
            going: fact.going,
            mine: fact.users.includes(desk.user_id),
          })
        : desk;
    case "call_ended":
    case "call_gone":
      return withoutCall(desk, fact.id);
    case "call_noticed":
      return (fact.users ?? [desk.user_id]).includes(desk.user_id)
        ? withNotice(desk, {
            id: fact.id,
            number: fact.number ?? "",
            entity: fact.entity ?? null,
            entity_id: fact.entity_id ?? null,
            created_at: fact.at,
            until: fact.until ?? fact.at,
          })
        : desk;
    case "notice_closed": // an administrator is told of others' too
      return fact.call_id || (fact.users ?? [desk.user_id]).includes(desk.user_id)
        ? withoutNotice(desk, fact.id)
        : desk;
    case "alert_raised":
      return desk.alerts.includes(fact.id) ? desk : { ...desk, alerts: [...desk.alerts, fact.id].sort() };
    case "alert_closed":
      return desk.alerts.includes(fact.id)
        ? { ...desk, alerts: desk.alerts.filter((each) => each !== fact.id) }
        : desk;
    case "account_changed":
      return { ...desk, old: true };
    case "card_added":
    case "card_changed":
    case "card_deleted":
    case "card_restored":
    case "lead_moved":
    case "cards_bound":
    case "cards_unbound":
    case "note_added":
    case "note_changed":
    case "call_logged":
    case "debt_opened":
    case "debt_closed":
    case "unsorted_added":
    case "unsorted_changed":
    case "unsorted_decided":
    case "routing_changed":
    case "session_ended":
      return desk; // screens that show these ask anew: app/stale.ts
    default:
      return never(fact, desk);
  }
}

const TASK = 4;

/** A fact without a case does not compile; one of a newer server changes nothing here. */
function never(_: never, desk: Desk): Desk {
  return desk;
}

function withTask(desk: Desk, task: OpenTask): Desk {
  const others = desk.tasks.filter((each) => each.id !== task.id);
  return { ...desk, tasks: [...others, task].sort((one, other) => one.id - other.id) };
}

function withoutTask(desk: Desk, id: number): Desk {
  return desk.tasks.some((each) => each.id === id)
    ? { ...desk, tasks: desk.tasks.filter((each) => each.id !== id) }
    : desk;
}

function withCall(desk: Desk, call: LiveCall): Desk {
  const others = desk.calls.filter((each) => each.id !== call.id);
  return { ...desk, calls: [...others, call].sort((one, other) => one.id - other.id) };
}

function withoutCall(desk: Desk, id: number): Desk {
  return desk.calls.some((each) => each.id === id)
    ? { ...desk, calls: desk.calls.filter((each) => each.id !== id) }
    : desk;
}

/** Of calls on a card that is hidden from me now, those that I took part in stay, and do not say whose they are. */
function withoutCard(desk: Desk, entity: number, id: number): Desk {
  const isOn = (call: LiveCall) => call.entity === entity && call.entity_id === id;
  if (!desk.calls.some(isOn)) return desk;
  const calls = desk.calls
    .filter((call) => call.mine || !isOn(call))
    .map((call) => (isOn(call) ? { ...call, entity: null, entity_id: null } : call));
  return { ...desk, calls };
}

/** In the order of their time; those of one moment as their ids stand. */
function withNotice(desk: Desk, notice: Announced): Desk {
  const others = desk.notices.filter((each) => each.id !== notice.id);
  const inOrder = (one: Announced, other: Announced) =>
    one.created_at - other.created_at || (one.id < other.id ? -1 : 1);
  return { ...desk, notices: [...others, notice].sort(inOrder) };
}

function withoutNotice(desk: Desk, id: string): Desk {
  return desk.notices.some((each) => each.id === id)
    ? { ...desk, notices: desk.notices.filter((each) => each.id !== id) }
    : desk;
}
