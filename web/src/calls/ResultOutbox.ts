// Sends what was saved: at once, and again and again while no answer comes. A refusal goes back to the one who wrote it.
import type { QueryClient } from "@tanstack/react-query";
import { isRefusal, post, Unreachable } from "../api/client";
import type { Saved } from "../api/results";
import { sentence } from "../app/sentence";
import { all, bodyOf, drop, keep, read } from "./drafts";

const FIRST_WAIT = 2_000; // ms, then twice as long each time
const LONGEST_WAIT = 30_000; // ms

export type Sent = "taken" | "refused" | "later";

const KEPT = "trubka-kept"; // something waits for the connection, so it is looked for soon

const listeners = new Set<() => void>();
let version = 0;

/** Drafts have changed, in this tab or another. */
export function changed(): void {
  version += 1;
  for (const listener of [...listeners]) listener();
}
export const versionNow = (): number => version;
export function listen(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("storage", changed);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("storage", changed);
  };
}

/** One save. The draft is gone when the server has it, and open again when it said no. */
export async function send(client: QueryClient, who: string, call: number): Promise<Sent> {
  const draft = read(localStorage, who, call);
  if (!draft?.saved) return "taken"; // by another tab
  try {
    await post<Saved>(`/desk/calls/${String(call)}/result`, bodyOf(draft));
  } catch (error) {
    if (isLater(error)) return "later";
    keep(localStorage, who, call, { ...draft, saved: false, why: sentence(error) });
    changed();
    return "refused";
  }
  drop(localStorage, who, call);
  changed();
  await Promise.all(
    ["to-finish", "calls", "card", "contacts", "tasks", "counts"].map((name) =>
      client.invalidateQueries({ queryKey: [name] }),
    ),
  );
  return "taken";
}

/** No answer, signed out, too many or a server that cannot now: the same save is right a little later. */
const isLater = (error: unknown): boolean =>
  error instanceof Unreachable ||
  isRefusal(error, 401) ||
  isRefusal(error, 429) ||
  (isRefusal(error) && error.status >= 500);

export const sendSoon = (): void => {
  dispatchEvent(new Event(KEPT));
};

/** Keeps sending what waits; `said` is told of each that was taken or refused. */
export function sending(
  client: QueryClient,
  who: string,
  said: (call: number, sent: Sent) => void,
): () => void {
  let wait = FIRST_WAIT;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let going = false;
  /** False: something is left for later. */
  const round = async (): Promise<boolean> => {
    for (const { call, draft } of all(localStorage, who)) {
      if (!draft.saved) continue;
      const sent = await send(client, who, call);
      if (sent === "later") return false;
      said(call, sent);
    }
    return true;
  };
  const go = async () => {
    if (going) return;
    going = true;
    clearTimeout(timer);
    // What another tab has kept meanwhile is looked for too, so the look goes on, slowly.
    wait = (await round()) ? LONGEST_WAIT : Math.min(wait * 2, LONGEST_WAIT);
    going = false;
    timer = setTimeout(() => void go(), wait);
  };
  const now = () => {
    wait = FIRST_WAIT;
    void go();
  };
  addEventListener("online", now);
  addEventListener(KEPT, now);
  void go();
  return () => {
    going = true;
    clearTimeout(timer);
    removeEventListener("online", now);
    removeEventListener(KEPT, now);
  };
}
