// What one has begun to say of a call, kept in the browser until the server has it: a reload, a crash or a gap in the net
// lose nothing. One draft for each call of each user.
import type { CardKind } from "../api/calls";
import type { Preset } from "./presets";

export interface DraftCard {
  entity: CardKind;
  id: number;
  name: string;
}

export interface Draft {
  /** Names the save: told twice, it is one. */
  key: string;
  status: number | null;
  text: string;
  card: DraftCard | null;
  contact: string;
  /** null: a new contact comes with a lead, a known one without. */
  lead: boolean | null;
  stage: string; // pipeline:status; empty: the first one
  due: number | null;
  preset: Preset | "date" | null;
  taskType: number | null;
  taskText: string;
  /** Save was pressed; it goes out until the server has taken it or said no. */
  saved: boolean;
  why: string | null;
  at: number; // ms, of the last change
}

/** As the page keeps it; what is there may be of another version, or no draft at all. */
export type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const NAME = "trubka-draft";
const LONGEST_AGE = 30 * 86_400_000; // ms: who has left it for a month does not come back to it

export function begun(status: number | null, text: string, key: string): Draft {
  return {
    key,
    status,
    text,
    card: null,
    contact: "",
    lead: null,
    stage: "",
    due: null,
    preset: null,
    taskType: null,
    taskText: "",
    saved: false,
    why: null,
    at: 0,
  };
}

/** Whether there is anything in it that the call itself does not say. */
export function isTouched(draft: Draft, first: Draft): boolean {
  const names = ["status", "text", "contact", "lead", "stage", "due", "taskType", "taskText"] as const;
  return (
    draft.saved || draft.card?.id !== first.card?.id || names.some((name) => draft[name] !== first[name])
  );
}

/** Who writes: an account and a user of it, for several may use one browser. */
const nameOf = (who: string, call: number): string => `${NAME}.${who}.${String(call)}`;

export function read(kept: Kept, who: string, call: number): Draft | null {
  return parsed(kept.getItem(nameOf(who, call)));
}

/** False: the browser's store is full or closed to us, so the draft lives as long as the page. */
export function keep(kept: Kept, who: string, call: number, draft: Draft): boolean {
  try {
    kept.setItem(nameOf(who, call), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function drop(kept: Kept, who: string, call: number): void {
  kept.removeItem(nameOf(who, call));
}

/** All drafts of one user, those changed last first. */
export function all(kept: Kept, who: string): { call: number; draft: Draft }[] {
  const begins = `${NAME}.${who}.`;
  const found: { call: number; draft: Draft }[] = [];
  for (let place = 0; place < kept.length; place++) {
    const name = kept.key(place);
    if (!name?.startsWith(begins)) continue;
    const call = Number(name.slice(begins.length));
    const draft = parsed(kept.getItem(name));
    if (Number.isInteger(call) && draft) found.push({ call, draft });
  }
  return found.sort((one, other) => other.draft.at - one.draft.at);
}

/** Those that nobody will come back to; what waits to go out never is. */
export function forget(kept: Kept, who: string, now: number): void {
  for (const { call, draft } of all(kept, who)) {
    if (!draft.saved && now - draft.at > LONGEST_AGE) drop(kept, who, call);
  }
}

function parsed(text: string | null): Draft | null {
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as Partial<Draft> | null;
    if (typeof found?.key !== "string" || typeof found.text !== "string") return null;
    return { ...begun(null, "", found.key), ...found };
  } catch {
    return null;
  }
}

/** What is asked of the server. `leadByDefault`: a contact that is made now comes with a lead. */
export function bodyOf(draft: Draft): object {
  const name = draft.contact.trim();
  const contact = draft.card === null && name !== "";
  const [pipeline, status] = draft.stage.split(":").map(Number);
  const lead = hasLead(draft) && {
    lead: {
      ...(contact ? { name } : {}),
      ...(pipeline ? { pipeline_id: pipeline } : {}),
      ...(status ? { status_id: status } : {}),
    },
  };
  return {
    key: draft.key,
    ...(draft.status === null ? {} : { status: draft.status }),
    ...(draft.text.trim() === "" ? {} : { result: draft.text.trim() }),
    ...(draft.card === null ? {} : { card: { entity: draft.card.entity, id: draft.card.id } }),
    ...(contact ? { contact: { name } } : {}),
    ...(lead || {}),
    ...(draft.due === null
      ? {}
      : {
          task: {
            complete_till: draft.due,
            text: draft.taskText.trim(),
            ...(draft.taskType === null ? {} : { task_type_id: draft.taskType }),
          },
        }),
  };
}

/** Whether saving makes a lead: with a new contact unless it was unticked, with a known card only when it was ticked. */
export function hasLead(draft: Draft): boolean {
  if (draft.card === null && draft.contact.trim() !== "") return draft.lead ?? true;
  return draft.lead === true;
}

/** What waits: the server's calls without a result, then those that only this browser has something to say of. */
export function toFinish(calls: number[], drafts: { call: number; draft: Draft }[]): number[] {
  const going = new Set(drafts.filter(({ draft }) => draft.saved).map(({ call }) => call));
  const more = drafts.map(({ call }) => call).filter((call) => !calls.includes(call));
  return [...calls, ...more].filter((call) => !going.has(call));
}
