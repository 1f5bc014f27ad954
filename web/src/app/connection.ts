// Whether the server answers. When it does not, it is asked again until it does, and then everything shown is asked anew.
import { useSyncExternalStore } from "react";
import { get, Unreachable } from "../api/client";

const AGAIN_AFTER = 3000; // ms

let down = false;
let asking = false;
const listeners = new Set<() => void>();
const returned = new Set<() => void>();

function set(value: boolean): void {
  if (down === value) return;
  down = value;
  for (const listener of listeners) listener();
}

export function lost(): void {
  set(true);
  if (asking) return;
  asking = true;
  setTimeout(() => void askAgain(), AGAIN_AFTER);
}

async function askAgain(): Promise<void> {
  asking = false;
  try {
    await get("/desk/door");
  } catch (error) {
    if (error instanceof Unreachable) {
      lost();
      return;
    }
  }
  set(false);
  for (const listener of returned) listener();
}

export function whenBack(listener: () => void): void {
  returned.add(listener);
}

export function useIsDown(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => down,
  );
}

addEventListener("offline", lost);
addEventListener("online", () => void askAgain());
