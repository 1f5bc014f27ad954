// Chooses a card: those that are likely stand there at once, others are found by typing.
import { Kbd, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Building2, Repeat, Search, Target, UserRound } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CardKind } from "../api/calls";
import { get } from "../api/client";
import { Window } from "../ui/Window";
import css from "./PickCard.module.css";
import { sentence } from "./sentence";

export interface Pickable {
  entity: CardKind;
  id: number;
  name: string;
  more?: string;
}

interface Found {
  found: (Pickable & { phone: string | null; email: string | null })[];
}

interface PickCardProps {
  title: string;
  text?: ReactNode;
  likely: Pickable[];
  kinds?: readonly CardKind[];
  busy: boolean;
  trouble?: ReactNode;
  onPick: (card: Pickable) => void;
  onClose: () => void;
}

const SHORTEST = 2; // letters
const ALL = ["contacts", "companies", "leads", "customers"] as const;
const ICONS = { contacts: UserRound, companies: Building2, leads: Target, customers: Repeat };

export function PickCard({
  title,
  text,
  likely,
  kinds = ALL,
  busy,
  trouble,
  onPick,
  onClose,
}: PickCardProps) {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const asked = useDeferredValue(words.trim());
  const isAsking = asked.length >= SHORTEST;
  const query = useQuery({
    queryKey: ["search", asked],
    queryFn: () => get<Found>(`/desk/search?query=${encodeURIComponent(asked)}`),
    enabled: isAsking,
    placeholderData: (before) => before,
  });
  const rows: Pickable[] = isAsking
    ? (query.data?.found ?? [])
        .filter((each) => kinds.includes(each.entity))
        .map((each) => ({ ...each, more: each.phone ?? each.email ?? "" }))
    : likely;
  const chosen = Math.min(at, Math.max(0, rows.length - 1));
  const pick = (row: Pickable | undefined) => {
    if (row && !busy) onPick(row);
  };

  function pressed(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") setAt(Math.min(chosen + 1, rows.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
    else if (event.key === "Enter") pick(rows[chosen]);
    else return;
    event.preventDefault();
  }

  return (
    <Window title={title} text={text} onClose={onClose} size={520}>
      {trouble}
      <TextInput
        data-autofocus
        role="combobox"
        aria-label={t("pick.label")}
        aria-expanded={rows.length > 0}
        aria-controls="pickable"
        aria-activedescendant={rows.length > 0 ? `pickable-${chosen}` : undefined}
        autoComplete="off"
        spellCheck={false}
        leftSection={<Search size={16} aria-hidden="true" />}
        placeholder={t("pick.placeholder")}
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={pressed}
      />
      <div id="pickable" role="listbox" aria-label={t("pick.label")} className={css.list} aria-busy={busy}>
        {rows.map((row, index) => {
          const Icon = ICONS[row.entity];
          return (
            <div
              key={`${row.entity}${row.id}`}
              id={`pickable-${index}`}
              role="option"
              aria-selected={index === chosen}
              className={css.row}
              onMouseMove={() => {
                setAt(index);
              }}
              onClick={() => {
                pick(row);
              }}
            >
              <Icon size={16} aria-hidden="true" className={css.icon} />
              <span className={css.name}>{row.name === "" ? t("contacts.unnamed") : row.name}</span>
              <span className={css.more}>{row.more}</span>
              <span className={css.kind}>{t(`search.${row.entity}`)}</span>
            </div>
          );
        })}
      </div>
      {rows.length === 0 && (
        <p className={css.said} role="status">
          {isAsking
            ? query.isError
              ? sentence(query.error)
              : query.isPending
                ? ""
                : t("pick.none")
            : t("pick.hint")}
        </p>
      )}
      <p className={css.foot}>
        <Kbd>↑</Kbd> <Kbd>↓</Kbd> <Kbd>Enter</Kbd>
      </p>
    </Window>
  );
}
