// What is typed into, for each type of field.
import { ActionIcon, NativeSelect, Select, type SelectProps, Textarea, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "../../api/cards";
import { currentLanguage } from "../../app/texts";
import css from "./fields.module.css";
import { DATES, type Draft, NUMBERS, partsOf, written } from "./values";

interface EditorProps {
  field: Field;
  draft: Draft;
  set: (draft: Draft) => void;
  done: (draft: Draft) => void;
  groups?: { group: string; items: { value: string; label: string }[] }[] | undefined;
  required?: boolean;
}

const NOTHING = "";

export function Editor({ field, draft, set, done, groups, required = false }: EditorProps) {
  const { t } = useTranslation();
  const kindName = useKindName();
  const partName = usePartName();
  const enums = field.enums ?? [];
  switch (draft.as) {
    case "text":
      return field.type === "textarea" ? (
        <Textarea
          autosize
          minRows={2}
          maxRows={12}
          autoFocus
          className={css.grow}
          aria-label={field.name}
          value={draft.text}
          onChange={(event) => {
            set({ as: "text", text: event.currentTarget.value });
          }}
        />
      ) : (
        <TextInput
          autoFocus
          className={css.grow}
          aria-label={field.name}
          type={
            DATES.includes(field.type) ? (field.type === "date_time" ? "datetime-local" : "date") : "text"
          }
          inputMode={NUMBERS.includes(field.type) ? "decimal" : field.type === "url" ? "url" : "text"}
          lang={currentLanguage()}
          autoComplete="off"
          value={draft.text}
          onFocus={(event) => {
            if (!DATES.includes(field.type)) event.currentTarget.select();
          }}
          onChange={(event) => {
            set({ as: "text", text: event.currentTarget.value });
          }}
        />
      );
    case "choice":
      return (
        <Choice
          label={field.name}
          data={
            groups ?? [
              ...(required ? [] : [{ value: NOTHING, label: t("card.noChoice") }]),
              ...enums.map((each) => ({ value: String(each.id), label: each.value })),
            ]
          }
          value={draft.id === null ? NOTHING : String(draft.id)}
          onChoice={(value) => {
            done({ as: "choice", id: value === NOTHING ? null : Number(value) });
          }}
        />
      );
    case "choices":
      return (
        <fieldset className={css.boxes} aria-label={field.name}>
          {enums.map((each, index) => (
            <label key={each.id} className={css.box}>
              <input
                type="checkbox"
                autoFocus={index === 0}
                checked={draft.ids.includes(each.id)}
                onChange={(event) => {
                  const others = draft.ids.filter((id) => id !== each.id);
                  set({ as: "choices", ids: event.currentTarget.checked ? [...others, each.id] : others });
                }}
              />
              {each.value}
            </label>
          ))}
        </fieldset>
      );
    case "rows":
      return (
        <div className={css.rows}>
          {draft.rows.map((row, index) => {
            const change = (next: Partial<typeof row>) => {
              set({
                as: "rows",
                rows: draft.rows.map((each, at) => (at === index ? { ...each, ...next } : each)),
              });
            };
            return (
              <div key={index} className={css.row}>
                {enums.length > 1 && (
                  <NativeSelect
                    className={css.kind}
                    aria-label={t("card.kindOf", { what: field.name })}
                    data={enums.map((each) => ({ value: String(each.id), label: kindName(each.value) }))}
                    value={row.enumId === null ? "" : String(row.enumId)}
                    onChange={(event) => {
                      change({ enumId: Number(event.currentTarget.value) });
                    }}
                  />
                )}
                <TextInput
                  className={css.grow}
                  autoFocus={index === draft.rows.length - 1}
                  aria-label={field.name}
                  inputMode={field.code === "PHONE" ? "tel" : field.code === "EMAIL" ? "email" : "text"}
                  autoComplete="off"
                  value={row.text}
                  onChange={(event) => {
                    change({ text: event.currentTarget.value });
                  }}
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={28}
                  aria-label={t("card.takeAway")}
                  onClick={() => {
                    set({ as: "rows", rows: draft.rows.filter((_, at) => at !== index) });
                  }}
                >
                  <X size={14} />
                </ActionIcon>
              </div>
            );
          })}
          <button
            type="button"
            className={css.more}
            onClick={() => {
              set({ as: "rows", rows: [...draft.rows, { enumId: enums[0]?.id ?? null, text: "" }] });
            }}
          >
            <Plus size={13} aria-hidden="true" /> {t("card.oneMore")}
          </button>
        </div>
      );
    case "lines":
      return (
        <div className={css.rows}>
          {enums.map((each, index) => (
            <TextInput
              key={each.id}
              label={each.value}
              autoFocus={index === 0}
              autoComplete="off"
              value={draft.lines[each.id] ?? ""}
              onChange={(event) => {
                set({ as: "lines", lines: { ...draft.lines, [each.id]: event.currentTarget.value } });
              }}
            />
          ))}
        </div>
      );
    case "objects":
      return (
        <div className={css.rows}>
          {draft.objects.map((object, index) => (
            <div key={index} className={css.object}>
              {partsOf(field.type, object).map((part, place) => (
                <TextInput
                  key={part}
                  label={partName(part)}
                  autoFocus={index === 0 && place === 0}
                  autoComplete="off"
                  value={written(object[part])}
                  onChange={(event) => {
                    const text = event.currentTarget.value;
                    const value =
                      typeof object[part] === "number" && /^-?\d+$/.test(text) ? Number(text) : text;
                    set({
                      as: "objects",
                      objects: draft.objects.map((each, at) =>
                        at === index ? { ...each, [part]: value } : each,
                      ),
                    });
                  }}
                />
              ))}
              <button
                type="button"
                className={css.more}
                onClick={() => {
                  set({ as: "objects", objects: draft.objects.filter((_, at) => at !== index) });
                }}
              >
                <X size={13} aria-hidden="true" /> {t("card.takeAway")}
              </button>
            </div>
          ))}
          <button
            type="button"
            className={css.more}
            onClick={() => {
              set({ as: "objects", objects: [...draft.objects, {}] });
            }}
          >
            <Plus size={13} aria-hidden="true" /> {t("card.oneMore")}
          </button>
        </div>
      );
    case "flag":
      return null; // is switched where it stands
  }
}

interface ChoiceProps {
  label: string;
  data: NonNullable<SelectProps["data"]>;
  value: string;
  onChoice: (value: string) => void;
}

/** What is chosen is saved. It opens a moment later: the click that has brought it here would close it again. */
function Choice({ label, data, value, onChoice }: ChoiceProps) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setOpen(true);
    });
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <Select
      autoFocus
      searchable
      dropdownOpened={isOpen}
      onDropdownOpen={() => {
        setOpen(true);
      }}
      onDropdownClose={() => {
        setOpen(false);
      }}
      className={css.grow}
      aria-label={label}
      nothingFoundMessage={t("field.nothingFound")}
      maxDropdownHeight={320}
      data={data}
      value={value}
      onChange={(next) => {
        if (next !== null) onChoice(next);
      }}
    />
  );
}

const KINDS = ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER", "PRIV"] as const;

/** What the codes of phones and e-mails mean; others are said as they are. */
export function useKindName(): (code: string) => string {
  const { t } = useTranslation();
  return (code) => {
    const known = KINDS.find((each) => each === code);
    return known ? t(`card.kinds.${known}`) : code;
  };
}

const PARTS = [
  "name",
  "vat_id",
  "tax_registration_reason_code",
  "address",
  "description",
  "sku",
  "quantity",
  "unit_price",
  "entity_type",
  "entity_id",
  "catalog_id",
  "catalog_element_id",
  "file_name",
  "file_uuid",
] as const;

function usePartName(): (part: string) => string {
  const { t } = useTranslation();
  return (part) => {
    const known = PARTS.find((each) => each === part);
    return known ? t(`card.parts.${known}`) : part;
  };
}
