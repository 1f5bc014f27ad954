// A plain table of few rows: what settings show. Long lists are virtual and stand with their screens.
import type { CSSProperties, ReactNode } from "react";
import css from "./Table.module.css";

interface TableProps {
  label: string;
  head: (string | { text: string; hidden?: boolean; width?: number | string })[];
  children: ReactNode;
}

export function Table({ label, head, children }: TableProps) {
  return (
    <div className={css.frame}>
      <table className={css.table} aria-label={label} style={labels(head)}>
        <thead>
          <tr>
            {head.map((each) => {
              const { text, hidden = false, width } = typeof each === "string" ? { text: each } : each;
              return (
                <th key={text} scope="col" {...(width === undefined ? {} : { style: { width } })}>
                  {hidden ? <span className={css.hidden}>{text}</span> : text}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** On a phone there are no columns: each value says by itself what it is. */
function labels(head: TableProps["head"]): CSSProperties {
  return Object.fromEntries(
    head.map((each, index) => [
      `--column-${String(index + 1)}`,
      JSON.stringify(typeof each === "string" ? each : each.text),
    ]),
  );
}

/** Two lines of a cell: the thing, and what is known of it. */
export function Two({ first, second }: { first: ReactNode; second?: ReactNode }) {
  return (
    <div className={css.two}>
      <div className={css.first}>{first}</div>
      {second !== undefined && second !== "" && <div className={css.second}>{second}</div>}
    </div>
  );
}
