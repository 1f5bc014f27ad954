// A list that is put in order: each row by its handle, with the pointer or with the arrow keys.
import { GripVertical } from "lucide-react";
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import css from "./Sortable.module.css";

interface SortableProps<T> {
  label: string;
  items: readonly T[];
  idOf: (item: T) => number;
  /** What its handle is called. */
  handle: (item: T) => string;
  /** What is said when it stands elsewhere. */
  said: (item: T, place: number) => string;
  onMove: (item: T, to: number) => void;
  children: (item: T) => ReactNode;
}

export function put<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = items.filter((_, place) => place !== from);
  const one = items[from];
  return one === undefined ? rest : [...rest.slice(0, to), one, ...rest.slice(to)];
}

export function Sortable<T>({ label, items, idOf, handle, said, onMove, children }: SortableProps<T>) {
  const [drawn, setDrawn] = useState<{ id: number; to: number }>();
  const [news, say] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const held = useRef<number>(undefined);
  const from = drawn === undefined ? -1 : items.findIndex((each) => idOf(each) === drawn.id);
  const shown = drawn === undefined || from < 0 ? items : put(items, from, drawn.to);

  // A row that has moved in the page loses the focus.
  useLayoutEffect(() => {
    if (held.current === undefined) return;
    const row = list.current?.querySelector(`[data-row="${String(held.current)}"] button`);
    if (row instanceof HTMLElement && document.activeElement === document.body) row.focus();
  });

  const place = (item: T, to: number) => {
    const at = items.indexOf(item);
    if (to < 0 || to >= items.length || to === at) return;
    onMove(item, to);
    say(said(item, to + 1));
  };

  const pressed = (item: T) => (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    const id = idOf(item);
    let to = items.indexOf(item);
    const go = (move: globalThis.PointerEvent) => {
      const rows = [...(list.current?.children ?? [])];
      const at = rows.findIndex((row) => move.clientY < row.getBoundingClientRect().bottom);
      to = at < 0 ? rows.length - 1 : at;
      setDrawn({ id, to });
    };
    const end = (last?: Event) => {
      removeEventListener("pointermove", go);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", giveBack);
      removeEventListener("keydown", escape, true);
      setDrawn(undefined);
      if (last !== undefined) place(item, to);
    };
    const giveBack = () => {
      end();
    };
    const escape = (key: globalThis.KeyboardEvent) => {
      if (key.key !== "Escape") return;
      key.preventDefault();
      key.stopPropagation();
      end();
    };
    addEventListener("pointermove", go);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", giveBack);
    addEventListener("keydown", escape, true);
  };

  const keyed = (item: T) => (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    place(item, items.indexOf(item) + by);
  };

  return (
    <>
      <ul className={css.list} aria-label={label} ref={list}>
        {shown.map((item) => (
          <li
            key={idOf(item)}
            className={css.row}
            data-row={idOf(item)}
            data-moved={idOf(item) === drawn?.id}
          >
            <button
              type="button"
              className={css.handle}
              aria-label={handle(item)}
              title={handle(item)}
              onPointerDown={pressed(item)}
              onKeyDown={keyed(item)}
              onFocus={() => {
                held.current = idOf(item);
              }}
              onBlur={(event) => {
                if (event.relatedTarget !== null) held.current = undefined;
              }}
            >
              <GripVertical size={15} aria-hidden="true" />
            </button>
            <div className={css.body}>{children(item)}</div>
          </li>
        ))}
      </ul>
      <div role="status" aria-live="polite" className={css.said}>
        {news}
      </div>
    </>
  );
}
