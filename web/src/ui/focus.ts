// Where the focus goes when what had it is gone: keys must always be somewhere.
import { useLayoutEffect, useState } from "react";

/** To the list that is the work of this screen, else to the screen itself; not where somebody is already. */
export function focusHome(): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  const home =
    document.querySelector<HTMLElement>("#screen [data-home]") ?? document.getElementById("screen");
  home?.focus({ preventScroll: true });
}

/** For a window: when it closes, the focus goes back to where it came from, if that is still there. */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useLayoutEffect(
    () => () => {
      // When all of the change stands on the page: what opened the window may go with it.
      queueMicrotask(() => {
        if (document.activeElement !== document.body) return;
        if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
        focusHome();
      });
    },
    [before],
  );
}
