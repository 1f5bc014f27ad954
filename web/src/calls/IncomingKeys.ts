// The keys of a call's card. What rings has them plain, before those of the page, while one does not type; with Alt they work
// always. While one talks and works on, only with Alt: a page's own E must not hang up on a customer.
import { useEffect, useRef } from "react";
import { isTyping, isWindowOpen, type Keys, nameOf } from "../app/keys";

const SECOND_WITHIN = 1200; // ms: "g f" is a key of the page
const BEGINS_ANOTHER = new Set(["g", "t"]);

export function useCallKeys(keys: Keys, active: boolean, plain: boolean): void {
  const kept = useRef({ keys, active, plain });
  useEffect(() => {
    kept.current = { keys, active, plain };
  });
  useEffect(() => {
    let first = { name: "", at: 0 };
    const pressed = (event: KeyboardEvent) => {
      const now = kept.current;
      if (!now.active || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
      const name = /^Digit(\d)$/.exec(event.code)?.[1] ?? nameOf(event);
      if (!event.altKey) {
        if (!now.plain || isTyping(event.target) || isWindowOpen()) return;
        const before = event.timeStamp - first.at < SECOND_WITHIN ? first.name : "";
        first = { name, at: event.timeStamp };
        if (BEGINS_ANOTHER.has(before)) return;
      }
      const deed = now.keys[name];
      if (!deed) return;
      event.preventDefault();
      deed();
    };
    addEventListener("keydown", pressed, { capture: true });
    return () => {
      removeEventListener("keydown", pressed, { capture: true });
    };
  }, []);
}

/** How a key is shown. */
export const keyShown = (key: string, active: boolean, plain: boolean): string =>
  active ? (plain ? key : `Alt+${key}`) : "";
