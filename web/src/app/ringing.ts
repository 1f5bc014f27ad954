// What this computer does besides the card when somebody calls: a quiet ring, the window's title, a notification. Of many
// windows only one rings: whoever holds the lock, and a window that nobody has touched yet may make no sound at all.
import { useEffect, useSyncExternalStore } from "react";

const SOUND = "trubka-ring-sound"; // "off"
const NOTES = "trubka-ring-notes"; // "on", "off"; nothing: not asked yet
const EVERY = 3_000; // ms between rings
const TONES = [
  { hertz: 523, from: 0, to: 0.35 },
  { hertz: 659, from: 0.18, to: 0.7 },
];
const LOUDNESS = 0.05;
const ICON = "/favicon.svg";
// The same in green, with a dot.
const RINGING_ICON = `data:image/svg+xml,${encodeURIComponent(
  [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1b6c45"/>',
    '<path d="M24 20.5v2.4a1.600 1.600 0 0 1-1.740 1.600c-7-.8-12.600-6.400-13.400-13.400a1.600 1.600 0 0 1 1.600-1.700h2.400" ',
    'fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>',
    '<circle cx="25" cy="7" r="6.500" fill="#fff"/><circle cx="25" cy="7" r="4.500" fill="#d44c40"/></svg>',
  ].join(""),
)}`;

const listeners = new Set<() => void>();
const changed = () => {
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", listener);
  };
};

/** What is kept in this browser, for all of its windows. */
export function useKept(name: string): [string | null, (value: string) => void] {
  const kept = useSyncExternalStore(subscribe, () => localStorage.getItem(name));
  return [
    kept,
    (value) => {
      localStorage.setItem(name, value);
      changed();
    },
  ];
}

export function useSound(): [boolean, (on: boolean) => void] {
  const [kept, keep] = useKept(SOUND);
  return [
    kept !== "off",
    (on) => {
      keep(on ? "on" : "off");
    },
  ];
}

export type Notes = "on" | "off" | "unasked" | "denied" | "impossible";

/** Whether calls are shown outside of this window. The browser is asked only when the person wants it. */
export function useNotes(): [Notes, (on: boolean) => void] {
  const [kept, keep] = useKept(NOTES);
  const possible = "Notification" in window && window.isSecureContext;
  const now: Notes = !possible
    ? "impossible"
    : kept === "off"
      ? "off"
      : Notification.permission === "denied"
        ? "denied"
        : Notification.permission === "granted" && kept === "on"
          ? "on"
          : kept === null
            ? "unasked"
            : "off";
  return [
    now,
    (on) => {
      if (!on) keep("off");
      else
        void Notification.requestPermission().then(() => {
          keep("on");
        });
    },
  ];
}

/** Holds a lock that one window of this browser can hold, until `stop`; then the next one has it. */
function first(name: string, stop: AbortSignal, has: () => void): void {
  // Over plain http from afar there are no locks: then the window that is looked at rings.
  if (!("locks" in navigator)) {
    if (document.hasFocus()) has();
    return;
  }
  void navigator.locks
    .request(name, { signal: stop }, async () => {
      has();
      await new Promise((ended) => {
        stop.addEventListener("abort", ended);
      });
    })
    .catch(() => undefined); // it was not wanted any more before it was had
}

/** A browser lets a window sound only after it was touched. */
function whenTouched(stop: AbortSignal, then: () => void): void {
  if (navigator.userActivation.hasBeenActive) {
    then();
    return;
  }
  const touched = () => {
    removeEventListener("pointerdown", touched);
    removeEventListener("keydown", touched);
    then();
  };
  addEventListener("pointerdown", touched, { signal: stop });
  addEventListener("keydown", touched, { signal: stop });
}

function ring(stop: AbortSignal): void {
  const sound = new AudioContext();
  const once = () => {
    performance.mark("ring");
    for (const tone of TONES) {
      const wave = sound.createOscillator();
      const gain = sound.createGain();
      const at = sound.currentTime;
      wave.frequency.value = tone.hertz;
      gain.gain.setValueAtTime(0, at + tone.from);
      gain.gain.linearRampToValueAtTime(LOUDNESS, at + tone.from + 0.04);
      gain.gain.exponentialRampToValueAtTime(0.0001, at + tone.to);
      wave.connect(gain).connect(sound.destination);
      wave.start(at + tone.from);
      wave.stop(at + tone.to);
    }
  };
  once();
  const timer = setInterval(once, EVERY);
  stop.addEventListener("abort", () => {
    clearInterval(timer);
    void sound.close();
  });
}

/** While `who` calls. */
export function useRinging(id: string | undefined, who: string, words: string, body: string): void {
  const [sound] = useSound();
  const [notes] = useNotes();
  const rings = id !== undefined;

  useEffect(() => {
    if (!rings || !sound) return;
    const stop = new AbortController();
    whenTouched(stop.signal, () => {
      first("trubka ring", stop.signal, () => {
        ring(stop.signal);
      });
    });
    return () => {
      stop.abort();
    };
  }, [rings, sound]);

  useEffect(() => {
    if (!rings) return;
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    let kept = document.title;
    const show = () => {
      if (document.title === words) return;
      kept = document.title; // of the page, which may be another one meanwhile
      document.title = words;
    };
    show();
    if (icon) icon.href = RINGING_ICON;
    const timer = setInterval(show, 500);
    return () => {
      clearInterval(timer);
      if (document.title === words) document.title = kept;
      if (icon) icon.href = ICON;
    };
  }, [rings, words]);

  useEffect(() => {
    if (id === undefined || notes !== "on" || who === "") return;
    const stop = new AbortController();
    first("trubka notes", stop.signal, () => {
      if (document.hasFocus()) return;
      const note = new Notification(words, { body, tag: `call ${id}`, silent: true });
      note.onclick = () => {
        window.focus();
      };
      stop.signal.addEventListener("abort", () => {
        note.close();
      });
    });
    return () => {
      stop.abort();
    };
  }, [id, notes, who, words, body]);
}
