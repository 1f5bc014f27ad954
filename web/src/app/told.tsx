// Short news at the bottom of the page. The same news once, counted.
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import css from "./told.module.css";

const SHOWN_FOR = 4000; // ms
const MOST = 3;

interface News {
  text: string;
  count: number;
  tone: "good" | "bad";
}

let news: News[] = [];
const listeners = new Set<() => void>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();

function set(next: News[]): void {
  news = next;
  for (const listener of listeners) listener();
}

export function tell(text: string, tone: News["tone"] = "good"): void {
  const same = news.find((each) => each.text === text);
  const rest = news.filter((each) => each.text !== text);
  set([...rest, { text, tone, count: (same?.count ?? 0) + 1 }].slice(-MOST));
  clearTimeout(timers.get(text));
  timers.set(
    text,
    setTimeout(() => {
      timers.delete(text);
      set(news.filter((each) => each.text !== text));
    }, SHOWN_FOR),
  );
}

export function Told() {
  const { t } = useTranslation();
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => news,
  );
  return (
    <div className={css.told} role="status" aria-live="polite">
      {shown.map((each) => (
        <div key={each.text} className={css.one} data-tone={each.tone}>
          {each.text}
          {each.count > 1 && <span className={css.count}>{t("said.times", { count: each.count })}</span>}
        </div>
      ))}
    </div>
  );
}
