// What narrows a table or a board: the search field, the filter's window, filters under a name; and the choice of columns.
import { ActionIcon, Button, Menu, MultiSelect, Popover, Select, Switch, TextInput } from "@mantine/core";
import "@mantine/core/styles/Pill.css";
import "@mantine/core/styles/PillsInput.css";
import { useQuery } from "@tanstack/react-query";
import {
  ChevronLeft,
  ChevronRight,
  Columns3,
  Filter as FilterIcon,
  Search,
  Star,
  Trash2,
  X,
} from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { post, remove } from "../api/client";
import { useKeys } from "../app/keys";
import { usePeople } from "../app/usePeople";
import { useHere } from "../app/useHere";
import { useSave } from "../app/useSave";
import { Form, Why } from "../ui/Form";
import { Deeds, Question, Window } from "../ui/Window";
import { useHeads } from "./CardTable";
import css from "./CardTable.module.css";
import {
  type About,
  type Column,
  type Filter,
  isNarrow,
  type Kind,
  OF_KIND,
  type SavedFilter,
  shifted,
  tagsOf,
  toggled,
  without,
} from "../api/table";

const TYPED = 250; // ms after the last letter

interface FiltersProps {
  kind: Kind;
  filter: Filter;
  about: About | undefined;
  onChange: (filter: Filter) => void;
  /** A board has its pipeline and stages elsewhere. */
  board?: boolean;
}

/** The filter with nothing that is undefined: the address says only what is chosen. */
const clean = (filter: { [K in keyof Filter]: Filter[K] | undefined }): Filter =>
  Object.fromEntries(
    Object.entries(filter).filter(
      ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  );

export function Filters({ kind, filter, about, onChange, board = false }: FiltersProps) {
  const { t } = useTranslation();
  const [words, setWords] = useState(filter.q ?? "");
  const [asked, setAsked] = useState(filter.q ?? "");
  const [opened, setOpened] = useState(false);
  const [saving, setSaving] = useState(false);
  // The address may be changed from elsewhere: back, a saved filter, clearing.
  if ((filter.q ?? "") !== asked) {
    setAsked(filter.q ?? "");
    setWords(filter.q ?? "");
  }
  useEffect(() => {
    if (words.trim() === (filter.q ?? "")) return;
    const timer = setTimeout(() => {
      setAsked(words.trim());
      onChange(clean({ ...filter, q: words.trim() }));
    }, TYPED);
    return () => {
      clearTimeout(timer);
    };
  }, [words, filter, onChange]);
  const field = useRef<HTMLInputElement>(null);
  useKeys({
    f: () => {
      setOpened(true);
    },
    q: () => {
      field.current?.focus();
    },
  });
  const own = board ? without(filter, "pipeline") : filter;
  const set = Object.keys(without(own, "q", "order")).length;
  return (
    <div className={css.filters}>
      <TextInput
        className={css.search ?? ""}
        size="xs"
        ref={field}
        leftSection={<Search size={14} />}
        aria-label={t("table.search")}
        placeholder={t("table.searchHint")}
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <Button
            size="xs"
            variant={set > 0 ? "light" : "default"}
            leftSection={<FilterIcon size={14} />}
            aria-expanded={opened}
            onClick={() => {
              setOpened(!opened);
            }}
          >
            {set > 0 ? t("table.filterSet", { count: set }) : t("table.filter")}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t("table.filter")}>
          <Choices kind={kind} filter={filter} about={about} onChange={onChange} board={board} />
        </Popover.Dropdown>
      </Popover>
      <Saved
        about={about}
        narrow={isNarrow(filter)}
        onChoose={onChange}
        onSave={() => {
          setSaving(true);
        }}
      />
      {isNarrow(own) && (
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<X size={14} />}
          onClick={() => {
            onChange(clean(board ? { pipeline: filter.pipeline } : { order: filter.order }));
          }}
        >
          {t("table.clear")}
        </Button>
      )}
      {saving && (
        <SaveFilter
          kind={kind}
          filter={filter}
          onClose={() => {
            setSaving(false);
          }}
        />
      )}
    </div>
  );
}

const ids = (values: string[]): number[] => values.map(Number);
const texts = (values: number[] | undefined): string[] => (values ?? []).map(String);
const inside = { withinPortal: false };

function Choices({ kind, filter, about, onChange, board = false }: FiltersProps) {
  const { t } = useTranslation();
  const { choices } = usePeople();
  const tags = useQuery(tagsOf(kind)).data ?? [];
  const set = (more: { [K in keyof Filter]?: Filter[K] | undefined }) => {
    onChange(clean({ ...filter, ...more }));
  };
  const pipelines = about?.pipelines ?? [];
  const pipeline = pipelines.find((each) => each.id === filter.pipeline);
  const statuses = kind === "customers" ? (about?.statuses ?? []) : (pipeline?.statuses ?? []);
  const number = (text: string): number | undefined =>
    text.trim() === "" || !Number.isSafeInteger(Number(text)) ? undefined : Number(text);
  return (
    <div className={css.choices}>
      <MultiSelect
        size="xs"
        label={t("table.responsible")}
        placeholder={filter.owner ? "" : t("table.any")}
        data={choices}
        value={texts(filter.owner)}
        searchable
        openOnFocus={false}
        comboboxProps={inside}
        onChange={(values) => {
          set({ owner: ids(values) });
        }}
      />
      <MultiSelect
        size="xs"
        label={t("table.tags")}
        placeholder={filter.tag ? "" : t("table.any")}
        data={tags.map((tag) => ({ value: String(tag.id), label: tag.name }))}
        value={texts(filter.tag)}
        searchable
        openOnFocus={false}
        comboboxProps={inside}
        onChange={(values) => {
          set({ tag: ids(values) });
        }}
      />
      {kind === "leads" && !board && (
        <Select
          size="xs"
          label={t("table.pipeline")}
          placeholder={t("table.any")}
          data={pipelines.map((each) => ({ value: String(each.id), label: each.name }))}
          value={filter.pipeline === undefined ? null : String(filter.pipeline)}
          clearable
          allowDeselect
          comboboxProps={inside}
          onChange={(value) => {
            set({ pipeline: value === null ? undefined : Number(value), status: undefined });
          }}
        />
      )}
      {statuses.length > 0 && !board && (
        <MultiSelect
          size="xs"
          label={t("table.status")}
          placeholder={filter.status ? "" : t("table.any")}
          data={statuses.map((each) => ({ value: String(each.id), label: each.name }))}
          value={texts(filter.status)}
          comboboxProps={inside}
          onChange={(values) => {
            set({ status: ids(values) });
          }}
        />
      )}
      <div className={css.pair}>
        {(["from", "to"] as const).map((name) => (
          <TextInput
            key={name}
            size="xs"
            type="date"
            label={t(`table.${name}`)}
            value={filter[name] ?? ""}
            onChange={(event) => {
              set({ [name]: event.currentTarget.value });
            }}
          />
        ))}
      </div>
      {kind === "leads" && (
        <div className={css.pair}>
          {(["least", "most"] as const).map((name) => (
            <TextInput
              key={name}
              size="xs"
              inputMode="numeric"
              label={t(`table.${name}`)}
              defaultValue={filter[name] ?? ""}
              onBlur={(event) => {
                const value = number(event.currentTarget.value);
                if (value !== filter[name]) set({ [name]: value });
              }}
              onKeyDown={(event) => {
                if (event.key === "Enter") set({ [name]: number(event.currentTarget.value) });
              }}
            />
          ))}
        </div>
      )}
    </div>
  );
}

interface SavedProps {
  about: About | undefined;
  narrow: boolean;
  onChoose: (filter: Filter) => void;
  onSave: () => void;
}

function Saved({ about, narrow, onChoose, onSave }: SavedProps) {
  const { t } = useTranslation();
  const here = useHere();
  const [leaving, setLeaving] = useState<SavedFilter>();
  const { save, busy, why } = useSave((id: number) => remove(`/desk/table/filters/${String(id)}`), {
    changes: ["table"],
    said: t("said.deleted"),
    done: () => {
      setLeaving(undefined);
    },
  });
  const [opened, setOpened] = useState(false);
  const found = about?.filters ?? [];
  useKeys({
    s: () => {
      setOpened(true);
    },
  });
  if (found.length === 0 && !narrow) return null;
  const menu = (
    <Menu opened={opened} onChange={setOpened} position="bottom-start" width={280}>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<Star size={14} />}>
          {t("table.saved")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {found.map((each) => (
          <div key={each.id} className={css.saved}>
            <Menu.Item
              onClick={() => {
                onChoose(each.filter);
              }}
              rightSection={each.is_shared ? <small className={css.dim}>{t("table.shared")}</small> : null}
            >
              {each.name}
            </Menu.Item>
            {(each.is_mine || here.user.is_admin) && (
              <Menu.Item
                className={css.bin ?? ""}
                aria-label={t("table.removeSaved", { name: each.name })}
                onClick={() => {
                  setLeaving(each);
                }}
              >
                <Trash2 size={14} />
              </Menu.Item>
            )}
          </div>
        ))}
        {narrow && found.length > 0 && <Menu.Divider />}
        {narrow && <Menu.Item onClick={onSave}>{t("table.save")}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
  return (
    <>
      {menu}
      {leaving && (
        <Question
          title={t("table.removeSavedAsk", { name: leaving.name })}
          text={leaving.is_shared ? t("table.removeShared") : t("table.removeMine")}
          yes={t("act.delete")}
          busy={busy}
          trouble={<Why text={why} />}
          onYes={() => {
            save(leaving.id);
          }}
          onClose={() => {
            setLeaving(undefined);
          }}
        />
      )}
    </>
  );
}

function SaveFilter({ kind, filter, onClose }: { kind: Kind; filter: Filter; onClose: () => void }) {
  const { t } = useTranslation();
  const here = useHere();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const { save, busy, why } = useSave(
    () => post(`/desk/table/${kind}/filters`, { name: name.trim(), filter, is_shared: shared }),
    { changes: ["table"], said: t("said.saved"), done: onClose },
  );
  return (
    <Window title={t("table.saveTitle")} onClose={onClose} size={400}>
      <Form
        label={t("table.saveTitle")}
        onSubmit={() => {
          save(undefined);
        }}
      >
        <Why text={why} />
        <TextInput
          data-autofocus
          required
          withAsterisk={false}
          maxLength={60}
          label={t("table.saveName")}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        {here.user.is_admin && (
          <Switch
            label={t("table.forAll")}
            checked={shared}
            onChange={(event) => {
              setShared(event.currentTarget.checked);
            }}
          />
        )}
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {t("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("act.save")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}

interface ColumnsProps {
  kind: Kind;
  about: About;
  columns: Column[];
  onChange: (columns: Column[], askAnew: boolean) => Promise<void>;
}

export function Columns({ kind, about, columns, onChange }: ColumnsProps) {
  const { t } = useTranslation();
  const head = useHeads(about);
  const own = new Set(["PHONE", "EMAIL"]);
  const all = [
    ...OF_KIND[kind],
    ...about.fields.filter((field) => !own.has(field.code ?? "")).map((field) => `f${String(field.id)}`),
  ];
  const [opened, setOpened] = useState(false);
  useKeys({
    v: () => {
      setOpened(true);
    },
  });
  const shown = columns.map((each) => each.id);
  const ordered = [...shown, ...all.filter((id) => !shown.includes(id))];
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      shadow="md"
      width={300}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Columns3 size={15} />}
          onClick={() => {
            setOpened(!opened);
          }}
        >
          {t("table.columns")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("table.columns")}>
        <p className={css.hint}>{t("table.columnsText")}</p>
        <ul className={css.columns}>
          {ordered.map((id) => {
            const name = head(id);
            const place = shown.indexOf(id);
            return (
              <li key={id}>
                <label>
                  <input
                    type="checkbox"
                    className={css.box}
                    checked={place >= 0}
                    disabled={id === "name"}
                    onChange={() => {
                      void onChange(toggled(columns, id), id.startsWith("f"));
                    }}
                  />
                  {name}
                </label>
                {place > 0 && (
                  <span className={css.shift}>
                    <ActionIcon
                      size="sm"
                      variant="subtle"
                      color="gray"
                      disabled={place < 2}
                      aria-label={t("table.left", { name })}
                      onClick={() => {
                        void onChange(shifted(columns, id, -1), false);
                      }}
                    >
                      <ChevronLeft size={15} />
                    </ActionIcon>
                    <ActionIcon
                      size="sm"
                      variant="subtle"
                      color="gray"
                      disabled={place === shown.length - 1}
                      aria-label={t("table.right", { name })}
                      onClick={() => {
                        void onChange(shifted(columns, id, 1), false);
                      }}
                    >
                      <ChevronRight size={15} />
                    </ActionIcon>
                  </span>
                )}
              </li>
            );
          })}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
