// A table as it happens: rows in sight are changed in their places, new ones wait until they are asked for.
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { get } from "../api/client";
import type { Told } from "../live/facts.gen";
import { hearFacts } from "../live/store";
import { type CardRow, type Kind, NUMBERS, queryOf, type Rows } from "../api/table";

const TOGETHER = 400; // ms: facts come in bursts
const MOST_AT_ONCE = 100; // cards; when more have changed, all is asked anew
const LEAD = 2;

const NEW = new Set(["card_added", "card_restored"]);
const OF_CARDS = new Set([...NEW, "card_changed", "card_deleted", "gone", "cards_bound", "cards_unbound"]);

/** The card of this kind that a fact tells of, and whether it is a new one. */
export function cardOf(fact: Told, entity: number): { id: number; isNew: boolean } | undefined {
  if (fact.fact === "lead_moved") return entity === LEAD ? { id: fact.id, isNew: false } : undefined;
  if (!OF_CARDS.has(fact.fact) || !("entity" in fact) || fact.entity !== entity || !("id" in fact))
    return undefined;
  const { id } = fact;
  return typeof id === "number" ? { id, isNew: NEW.has(fact.fact) } : undefined;
}

/** The same pages with these cards as they are now; `asked` that are not among `found` are gone. */
export function patched(
  data: InfiniteData<Rows> | undefined,
  asked: ReadonlySet<number>,
  found: readonly CardRow[],
): InfiniteData<Rows> | undefined {
  if (!data) return data;
  const now = new Map(found.map((row) => [row.id, row]));
  return {
    ...data,
    pages: data.pages.map((page) =>
      page.rows.some((row) => asked.has(row.id))
        ? {
            ...page,
            rows: page.rows.flatMap((row) => (asked.has(row.id) ? (now.get(row.id) ?? []) : row)),
          }
        : page,
    ),
  };
}

export function useFresh(
  kind: Kind,
  key: readonly unknown[],
  rows: CardRow[] | undefined,
  timeZone: string,
): { count: number; show: () => void } {
  const client = useQueryClient();
  const text = JSON.stringify(key);
  const [added, setAdded] = useState<{ of: string; ids: ReadonlySet<number> }>({ of: text, ids: new Set() });
  const loaded = useRef<ReadonlySet<number>>(new Set());
  useEffect(() => {
    loaded.current = new Set(rows?.map((row) => row.id));
  }, [rows]);
  useEffect(() => {
    const waiting = new Set<number>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      timer = undefined;
      const asked = new Set(waiting);
      waiting.clear();
      if (asked.size > MOST_AT_ONCE) {
        await client.invalidateQueries({ queryKey: key });
        return;
      }
      const filter = key[3] as Parameters<typeof queryOf>[0];
      const query = queryOf(filter, timeZone, { ids: [...asked].join(","), limit: String(MOST_AT_ONCE) });
      const found = await get<Rows>(`/desk/table/${kind}?${query}`).catch(() => undefined);
      if (!found) return;
      const news = found.rows.filter((row) => !loaded.current.has(row.id)).map((row) => row.id);
      client.setQueryData<InfiniteData<Rows>>(key, (data) => patched(data, asked, found.rows));
      if (news.length === 0) return;
      setAdded((before) => ({
        of: text,
        ids: new Set([...(before.of === text ? before.ids : []), ...news]),
      }));
    };
    const stop = hearFacts((facts) => {
      for (const fact of facts) {
        const card = cardOf(fact, NUMBERS[kind]);
        if (card && (card.isNew || loaded.current.has(card.id))) waiting.add(card.id);
      }
      if (waiting.size > 0) timer ??= setTimeout(() => void look(), TOGETHER);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key is the same while its text is
  }, [client, kind, text, timeZone]);
  return {
    count: added.of === text ? added.ids.size : 0,
    show: () => {
      setAdded({ of: text, ids: new Set() });
      void client.resetQueries({ queryKey: key, exact: true });
    },
  };
}
