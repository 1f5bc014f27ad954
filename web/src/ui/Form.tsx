// The parts of a form that Mantine has not: the column of fields, and the sentence that says why it was refused.
import type { ReactNode, SubmitEvent } from "react";
import css from "./Form.module.css";

interface FormProps {
  children: ReactNode;
  label?: string;
  onSubmit: () => void;
}

export function Form({ children, label, onSubmit }: FormProps) {
  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    onSubmit();
  }
  return (
    <form className={css.form} aria-label={label} onSubmit={submit}>
      {children}
    </form>
  );
}

export function Pair({ children }: { children: ReactNode }) {
  return <div className={css.pair}>{children}</div>;
}

/** Why it was refused; nothing when all is well. */
export function Why({ text }: { text: string | null }) {
  return text === null ? null : (
    <p className={css.why} role="alert">
      {text}
    </p>
  );
}

export function Note({ tone = "plain", children }: { tone?: "plain" | "warn"; children: ReactNode }) {
  return (
    <div className={css.note} data-tone={tone}>
      {children}
    </div>
  );
}

/** A titled part of a settings page. */
export function Part({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section className={css.part}>
      <h2 className={css.partTitle}>{title}</h2>
      {text !== undefined && <p className={css.partText}>{text}</p>}
      {children}
    </section>
  );
}
