// Search over everything: one field, results as one types, chosen by keys.
import { Kbd, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Building2, Repeat, Search, Target, UserRound } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/client";
import { sentence } from "../app/sentence";
import { useTimes } from "../app/times";
import { useFocusBack } from "../ui/focus";
import { Waiting } from "../ui/Page";
import css from "./SearchWindow.module.css";
import { type Found, type Results, rowsOf } from "./results";

const SHORTEST = 2; // letters

const ICONS = { contacts: UserRound, companies: Building2, leads: Target, customers: Repeat };

export function SearchWindow({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  useFocusBack();
  const navigate = useNavigate();
  const { money } = useTimes();
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const asked = useDeferredValue(words.trim());
  const query = useQuery({
    queryKey: ["search", asked],
    queryFn: () => get<Results>(`/desk/search?query=${encodeURIComponent(asked)}`),
    enabled: asked.length >= SHORTEST,
    placeholderData: (before) => before,
  });
  const rows = asked.length >= SHORTEST && query.data ? rowsOf(query.data, money) : [];
  const chosen = Math.min(at, Math.max(0, rows.length - 1));

  function open(row: Found | undefined): void {
    if (row?.kind !== "contacts") return;
    onClose();
    void navigate({ to: "/contacts/$id", params: { id: String(row.id) } });
  }

  function pressed(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") setAt(Math.min(chosen + 1, rows.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
    else if (event.key === "Enter") open(rows[chosen]);
    else return;
    event.preventDefault();
  }

  return (
    <Modal.Root opened onClose={onClose} size={620} yOffset="12vh">
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content aria-label={t("search.label")}>
        <div className={css.field}>
          <Search size={18} aria-hidden="true" />
          <input
            data-autofocus
            className={css.input}
            role="combobox"
            aria-label={t("search.label")}
            aria-expanded={rows.length > 0}
            aria-controls="found"
            aria-activedescendant={rows.length > 0 ? `found-${chosen}` : undefined}
            autoComplete="off"
            spellCheck={false}
            placeholder={t("search.placeholder")}
            value={words}
            onChange={(event) => {
              setWords(event.currentTarget.value);
              setAt(0);
            }}
            onKeyDown={pressed}
          />
          <Kbd>Esc</Kbd>
        </div>
        <div className={css.results}>
          <div id="found" role="listbox" aria-label={t("search.label")}>
            {rows.map((row, index) => {
              const Icon = ICONS[row.kind];
              return (
                <div
                  key={`${row.kind}${row.id}`}
                  id={`found-${index}`}
                  role="option"
                  aria-selected={index === chosen}
                  aria-disabled={row.kind !== "contacts"}
                  className={css.row}
                  onMouseMove={() => {
                    setAt(index);
                  }}
                  onClick={() => {
                    open(row);
                  }}
                >
                  <Icon size={17} aria-hidden="true" className={css.icon} />
                  <span className={css.name}>{row.name === "" ? t("contacts.unnamed") : row.name}</span>
                  <span className={css.more}>{row.more}</span>
                  <span className={css.kind}>{t(`search.${row.kind}`)}</span>
                </div>
              );
            })}
          </div>
          {rows.length === 0 && <Said words={asked} query={query} />}
        </div>
        <div className={css.foot}>
          <span>
            <Kbd>↑</Kbd> <Kbd>↓</Kbd> {t("search.move")}
          </span>
          <span>
            <Kbd>Enter</Kbd> {t("search.openIt")}
          </span>
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}

function Said({
  words,
  query,
}: {
  words: string;
  query: { isError: boolean; error: unknown; isPending: boolean };
}) {
  const { t } = useTranslation();
  if (words.length < SHORTEST) return <p className={css.said}>{t("search.hint")}</p>;
  if (query.isError) return <p className={css.said}>{sentence(query.error)}</p>;
  if (query.isPending) return <Waiting text={t("doing.searching")} tall={false} />;
  return (
    <div className={css.said} role="status">
      <b>{t("search.empty", { words })}</b>
      <p>{t("search.emptyHint")}</p>
    </div>
  );
}
