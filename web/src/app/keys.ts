// The keyboard: a screen names its keys and deeds. "g p" is one key after another. They work in any layout, since a key
// is known by its letter or by its place; they are silent while one types or a window is open.
import { useEffect, useRef } from "react";

export type Keys = Record<string, () => void>;

const SECOND_WITHIN = 1200; // ms

const PLACES: Record<string, string> = { Slash: "/", Enter: "Enter", Escape: "Escape" };

/** The key's name, whatever layout is on: "а" on the place of F is "f"; Shift and the place of / is "?". */
export function nameOf(event: Pick<KeyboardEvent, "code" | "key" | "shiftKey">): string {
  if (event.key === "?" || event.key === "/") return event.key;
  const place = PLACES[event.code];
  if (place === "/") return event.shiftKey ? "?" : "/";
  if (place !== undefined) return place;
  if (/^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
  return event.key;
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** One that the page waits for; the result window stands beside the work. */
export const isWindowOpen = (): boolean =>
  document.querySelector('[role="dialog"]:not([aria-modal="false"]), [role="menu"]') !== null;

/** Whether one is neither in a field nor on a button: a list that comes may take the focus. */
export const isNowhere = (): boolean =>
  document.activeElement === document.body || document.activeElement?.id === "screen";

const hasOwnKeys = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("[data-own-keys]") !== null;

let first = { name: "", at: 0 };
const stack: { current: Keys }[] = [];

/** Which deed a key means, given the key before it. The screens opened last are asked first. */
export function deedOf(name: string, before: string, screens: Keys[]): (() => void) | undefined {
  for (const wanted of before === "" ? [name] : [`${before} ${name}`, name]) {
    for (const keys of screens) if (keys[wanted]) return keys[wanted];
  }
  return undefined;
}

function pressed(event: KeyboardEvent): void {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (isTyping(event.target) || isWindowOpen() || hasOwnKeys(event.target)) return;
  const name = nameOf(event);
  const before = event.timeStamp - first.at < SECOND_WITHIN ? first.name : "";
  first = { name, at: event.timeStamp };
  const deed = deedOf(name, before, stack.map((each) => each.current).reverse());
  if (!deed) return;
  event.preventDefault();
  first = { name: "", at: 0 };
  deed();
}

export function useKeys(keys: Keys): void {
  const kept = useRef(keys);
  useEffect(() => {
    kept.current = keys;
  });
  useEffect(() => {
    if (stack.length === 0) addEventListener("keydown", pressed);
    stack.push(kept);
    return () => {
      stack.splice(stack.indexOf(kept), 1);
      if (stack.length === 0) removeEventListener("keydown", pressed);
    };
  }, []);
}
