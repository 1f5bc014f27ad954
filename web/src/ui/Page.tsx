// A screen's frame: its heading, what it is for, its deeds, and the waiting, failing and empty states of what it shows.
import { Button, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import css from "./Page.module.css";

const SHOWN_AFTER = 300; // ms; a shorter wait shows nothing

interface PageProps {
  title: string;
  text?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

export function Page({ title, text, actions, wide = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · trubka`;
  }, [title]);
  return (
    <div className={wide ? css.wide : css.page}>
      <header className={css.head}>
        <div className={css.words}>
          <Title order={1}>{title}</Title>
          {text !== undefined && <p className={css.text}>{text}</p>}
        </div>
        {actions !== undefined && <div className={css.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** What is being waited for, in words, when the wait is long enough to be noticed. */
export function Waiting({ text, tall = true }: { text: string; tall?: boolean }) {
  const [shown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      show(true);
    }, SHOWN_AFTER);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <div className={tall ? css.waiting : css.waitingLow} role="status" aria-live="polite">
      {shown && (
        <>
          <span className={css.bar} aria-hidden="true" />
          <Text size="sm" c="dimmed">
            {text}
          </Text>
        </>
      )}
    </div>
  );
}

interface StateProps {
  icon?: ReactNode;
  title: string;
  text?: ReactNode;
  action?: ReactNode;
}

/** Nothing is here yet: what it would be, and what to do. */
export function Empty({ icon, title, text, action }: StateProps) {
  return (
    <div className={css.state}>
      {icon !== undefined && (
        <div className={css.stateIcon} aria-hidden="true">
          {icon}
        </div>
      )}
      <Title order={2}>{title}</Title>
      {text !== undefined && <p className={css.text}>{text}</p>}
      {action !== undefined && <div className={css.stateAction}>{action}</div>}
    </div>
  );
}

interface FailureProps {
  title: string;
  cause: string;
  button: string;
  onRetry: () => void;
}

/** It did not work: a sentence, the cause, a button. */
export function Failure({ title, cause, button, onRetry }: FailureProps) {
  return (
    <div className={css.state} role="alert">
      <Title order={2}>{title}</Title>
      <p className={css.text}>{cause}</p>
      <div className={css.stateAction}>
        <Button variant="default" onClick={onRetry}>
          {button}
        </Button>
      </div>
    </div>
  );
}
