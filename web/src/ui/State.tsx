// A state in a word, with a dot of its colour: never the colour alone.
import type { ReactNode } from "react";
import css from "./State.module.css";

export type Tone = "good" | "warn" | "bad" | "quiet";

export function State({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={css.state} data-tone={tone}>
      {children}
    </span>
  );
}
