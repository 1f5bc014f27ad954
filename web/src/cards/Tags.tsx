// The tags of a card: taken away by a click, added by typing, with those that the account has already.
import { Autocomplete } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { tagsOf } from "../api/cards";
import { sentence } from "../app/sentence";
import { tell } from "../app/told";
import { useCard, useChange } from "./CardContext";
import css from "./CardPage.module.css";

export function Tags() {
  const { t } = useTranslation();
  const { kind, whole } = useCard();
  const client = useQueryClient();
  const { change } = useChange();
  const [words, setWords] = useState<string | null>(null);
  const asked = useDeferredValue(words ?? "");
  const known = useQuery({ ...tagsOf(kind, asked.trim()), enabled: words !== null });
  const tags = whole.card._embedded.tags;
  const there = new Set(tags.map((tag) => tag.name.toLowerCase()));

  // A set has no order to quarrel about: two people add and take away side by side.
  const send = (wish: object) => {
    change(wish, {}).catch((error: unknown) => {
      tell(sentence(error), "bad");
    });
  };
  const add = (name: string) => {
    const text = name.trim();
    setWords("");
    if (text === "" || there.has(text.toLowerCase())) return;
    send({ tags_to_add: [{ name: text }] });
    void client.invalidateQueries({ queryKey: ["tags", kind] });
  };

  if (!whole.may.edit && tags.length === 0) return null;
  return (
    <div className={css.tags} role="group" aria-label={t("card.tags")}>
      {tags.map((tag) => (
        <span key={tag.id} className={css.tag}>
          {tag.name}
          {whole.may.edit && (
            <button
              type="button"
              aria-label={t("card.takeTag", { what: tag.name })}
              onClick={() => {
                send({ tags_to_delete: [{ id: tag.id }] });
              }}
            >
              <X size={11} aria-hidden="true" />
            </button>
          )}
        </span>
      ))}
      {whole.may.edit &&
        (words === null ? (
          <button
            type="button"
            className={css.addTag}
            onClick={() => {
              setWords("");
            }}
          >
            <Plus size={12} aria-hidden="true" /> {t("card.addTag")}
          </button>
        ) : (
          <Autocomplete
            autoFocus
            size="xs"
            className={css.newTag}
            aria-label={t("card.addTag")}
            placeholder={t("card.tagHint")}
            maxLength={200}
            data={(known.data ?? []).map((tag) => tag.name).filter((name) => !there.has(name.toLowerCase()))}
            value={words}
            onChange={setWords}
            onOptionSubmit={add}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.defaultPrevented) {
                event.preventDefault();
                add(words);
              } else if (event.key === "Escape") {
                event.stopPropagation();
                setWords(null);
              }
            }}
            onBlur={() => {
              if (words.trim() === "") setWords(null);
            }}
          />
        ))}
    </div>
  );
}
