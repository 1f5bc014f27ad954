// The fields of cards: their names, order and values, and what is lost when one goes.
import { ActionIcon, Badge, Button, Menu, SegmentedControl, Select, Switch, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, ListPlus, Plus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CardKind } from "../api/calls";
import { type Field, fieldsOf } from "../api/cards";
import { get, patch, post, remove } from "../api/client";
import { useKeys } from "../app/keys";
import { Shown } from "../app/Shown";
import { useTimes } from "../app/times";
import { useHere } from "../app/useHere";
import { useSave } from "../app/useSave";
import { Form, Note, Why } from "../ui/Form";
import { NameHere } from "../ui/NameHere";
import { Empty, Page } from "../ui/Page";
import { put, Sortable } from "../ui/Sortable";
import { Deeds, Question, Window } from "../ui/Window";
import css from "./Pipelines.module.css";

const KINDS = ["contacts", "companies", "leads", "customers"] as const;
const CHANGES = ["fields", "card", "table"];
const TYPES = [
  "text",
  "textarea",
  "numeric",
  "monetary",
  "checkbox",
  "select",
  "multiselect",
  "radiobutton",
  "date",
  "date_time",
  "birthday",
  "url",
  "streetaddress",
  "smart_address",
  "legal_entity",
] as const;
const OTHERS = [
  "price",
  "category",
  "org_legal_name",
  "multitext",
  "tracking_data",
  "items",
  "linked_entity",
  "chained_list",
  "file",
  "payer",
  "supplier",
] as const;
const LISTS = ["select", "multiselect", "radiobutton", "category"];
const REMINDS = ["never", "day", "week", "month"] as const;
const STEP = 10;

type Open = { what: "add" } | { what: "edit"; field: Field } | { what: "delete"; field: Field };

const pathOf = (kind: CardKind, id?: number): string =>
  `/api/v4/${kind}/custom_fields${id === undefined ? "" : `/${String(id)}`}`;

function useTypeName(): (type: string) => string {
  const { t } = useTranslation("translation", { keyPrefix: "fields" });
  return (type) => {
    const known = [...TYPES, ...OTHERS].find((each) => each === type);
    return known ? t(`types.${known}`) : type;
  };
}

export function Fields() {
  const { t } = useTranslation("translation", { keyPrefix: "fields" });
  const [kind, setKind] = useState<CardKind>("contacts");
  const query = useQuery(fieldsOf(kind));
  const [open, setOpen] = useState<Open | null>(null);
  const add = () => {
    setOpen({ what: "add" });
  };
  const close = () => {
    setOpen(null);
  };
  useKeys({ n: add });
  const button = (
    <Button leftSection={<Plus size={16} />} onClick={add}>
      {t("add")}
    </Button>
  );
  return (
    <Page title={t("title")} text={t("text")} actions={query.data?.length === 0 ? undefined : button}>
      <div className={css.kinds}>
        <SegmentedControl
          aria-label={t("kind")}
          data={KINDS.map((each) => ({ value: each, label: t(`kinds.${each}`) }))}
          value={kind}
          onChange={(value) => {
            const next = KINDS.find((each) => each === value);
            if (next) setKind(next);
          }}
        />
      </div>
      <Shown query={query} waiting={t("loading")}>
        {(found) =>
          found.length === 0 ? (
            <Empty icon={<ListPlus size={30} />} title={t("empty")} text={t("emptyText")} action={button} />
          ) : (
            <List kind={kind} fields={found} onOpen={setOpen} />
          )
        }
      </Shown>
      {open?.what === "add" && <FieldWindow kind={kind} onClose={close} />}
      {open?.what === "edit" && <FieldWindow kind={kind} field={open.field} onClose={close} />}
      {open?.what === "delete" && <DeleteField kind={kind} field={open.field} onClose={close} />}
    </Page>
  );
}

interface ListProps {
  kind: CardKind;
  fields: Field[];
  onOpen: (open: Open) => void;
}

function List({ kind, fields, onOpen }: ListProps) {
  const { t } = useTranslation("translation", { keyPrefix: "fields" });
  const { t: common } = useTranslation();
  const typeName = useTypeName();
  const client = useQueryClient();
  const change = useSave(({ id, ...given }: { id: number; name: string }) => patch(pathOf(kind, id), given), {
    changes: CHANGES,
    loud: true,
  });
  const order = useSave(
    async (next: Field[]) => {
      const sorted = next.map((each, place) => ({ ...each, sort: STEP * (place + 1) }));
      const before = new Map(fields.map((each) => [each.id, each.sort]));
      const moved = sorted.filter((each) => before.get(each.id) !== each.sort);
      client.setQueryData(fieldsOf(kind).queryKey, sorted);
      try {
        await patch(
          pathOf(kind),
          moved.map(({ id, sort }) => ({ id, sort })),
        );
      } finally {
        await client.invalidateQueries({ queryKey: ["fields"] });
      }
    },
    { changes: CHANGES, loud: true },
  );
  return (
    <div className={css.list}>
      <Sortable
        label={t("list")}
        items={fields}
        idOf={(each) => each.id}
        handle={(each) => t("move", { name: each.name })}
        said={(each, place) => t("moved", { name: each.name, place })}
        onMove={(each, to) => {
          order.save(put(fields, fields.indexOf(each), to));
        }}
      >
        {(each) => (
          <div className={css.line}>
            <div className={css.name}>
              <NameHere
                name={each.name}
                label={t("rename", { name: each.name })}
                onSave={(name) => {
                  change.save({ id: each.id, name });
                }}
              />
            </div>
            {each.is_required === true && <Badge>{t("requiredShort")}</Badge>}
            <span className={css.dim}>
              {[
                ...(each.is_visible === false ? [t("hidden")] : []),
                ...(each.is_api_only ? [t("apiOnly")] : []),
                ...(each.is_deletable === false ? [t("system")] : []),
                typeName(each.type),
              ].join(" · ")}
            </span>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" aria-label={`${common("act.more")}: ${each.name}`}>
                  <Ellipsis size={17} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  onClick={() => {
                    onOpen({ what: "edit", field: each });
                  }}
                >
                  {t("editDeed")}
                </Menu.Item>
                <Menu.Item
                  color="red"
                  disabled={each.is_deletable === false}
                  onClick={() => {
                    onOpen({ what: "delete", field: each });
                  }}
                >
                  {common("act.delete")}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </div>
        )}
      </Sortable>
    </div>
  );
}

interface FieldWindowProps {
  kind: CardKind;
  field?: Field;
  onClose: () => void;
}

/** A value of a list as it is written; `key` is the window's own, `id` the server's. */
interface Draft {
  key: number;
  id?: number;
  value: string;
  code?: string;
}

function FieldWindow({ kind, field, onClose }: FieldWindowProps) {
  const { t } = useTranslation("translation", { keyPrefix: "fields" });
  const { t: common } = useTranslation();
  const typeName = useTypeName();
  const here = useHere();
  const [draft, setDraft] = useState({
    name: field?.name ?? "",
    type: field?.type ?? "text",
    code: field?.code ?? "",
    is_required: field?.is_required === true,
    is_visible: field?.is_visible !== false,
    currency: field?.currency ?? here.account.currency,
    remind: field?.remind ?? "never",
  });
  const [values, setValues] = useState<Draft[]>(
    field?.enums?.map((each, key) => ({ key, ...each })) ?? [{ key: 0, value: "" }],
  );
  const [flaw, setFlaw] = useState<string | null>(null);
  const change = (part: Partial<typeof draft>) => {
    setDraft((before) => ({ ...before, ...part }));
  };
  const system = field?.is_deletable === false;
  const isList = LISTS.includes(draft.type) && !system;
  const { save, busy, why } = useSave(
    async () => {
      const written = values.filter((each) => each.value.trim() !== "");
      const enums = written.map(({ id, value, code }, place) => ({
        value: value.trim(),
        sort: STEP * (place + 1),
        ...(id === undefined ? {} : { id }),
        ...(code === undefined ? {} : { code }),
      }));
      const { name, type, code, currency, remind, is_required, is_visible } = draft;
      const given = {
        name: name.trim(),
        type,
        is_required,
        is_visible,
        ...(system || code.trim() === "" ? {} : { code: code.trim() }),
        ...(isList ? { enums } : {}),
        ...(type === "monetary" ? { currency: currency.trim().toUpperCase() } : {}),
        ...(type === "birthday" ? { remind } : {}),
      };
      if (field) await patch(pathOf(kind, field.id), given);
      else await post(pathOf(kind), [given]);
    },
    { changes: CHANGES, said: field ? common("said.saved") : t("added"), done: onClose },
  );
  const submit = () => {
    const wrong = isList && values.every((each) => each.value.trim() === "") ? t("needValue") : null;
    setFlaw(wrong);
    if (wrong === null) save(undefined);
  };
  const title = field ? t("edit", { name: field.name }) : t("add");
  return (
    <Window title={title} onClose={onClose}>
      <Form label={title} onSubmit={submit}>
        <Why text={flaw ?? why} />
        <TextInput
          data-autofocus
          label={common("field.title")}
          required
          withAsterisk={false}
          maxLength={255}
          value={draft.name}
          onChange={(event) => {
            change({ name: event.currentTarget.value });
          }}
        />
        {field ? (
          <TextInput label={t("type")} description={t("typeStays")} readOnly value={typeName(field.type)} />
        ) : (
          <Select
            label={t("type")}
            description={t("typeStays")}
            allowDeselect={false}
            maxDropdownHeight={280}
            data={TYPES.map((each) => ({ value: each, label: t(`types.${each}`) }))}
            value={draft.type}
            onChange={(type) => {
              if (type !== null) change({ type });
            }}
          />
        )}
        {isList && <Values kind={kind} field={field} values={values} onChange={setValues} />}
        {draft.type === "monetary" && (
          <TextInput
            label={t("currency")}
            maxLength={3}
            value={draft.currency}
            onChange={(event) => {
              change({ currency: event.currentTarget.value });
            }}
          />
        )}
        {draft.type === "birthday" && (
          <Select
            label={t("remind")}
            allowDeselect={false}
            data={REMINDS.map((each) => ({ value: each, label: t(`reminds.${each}`) }))}
            value={draft.remind}
            onChange={(remind) => {
              if (remind !== null) change({ remind });
            }}
          />
        )}
        <Switch
          label={t("required")}
          description={t("requiredHint")}
          checked={draft.is_required}
          onChange={(event) => {
            change({ is_required: event.currentTarget.checked });
          }}
        />
        <Switch
          label={t("visible")}
          checked={draft.is_visible}
          onChange={(event) => {
            change({ is_visible: event.currentTarget.checked });
          }}
        />
        {!system && (
          <TextInput
            label={t("code")}
            placeholder={common("field.optional")}
            maxLength={255}
            value={draft.code}
            onChange={(event) => {
              change({ code: event.currentTarget.value });
            }}
          />
        )}
        <Deeds>
          <Button variant="default" onClick={onClose}>
            {common("act.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {field ? common("act.save") : common("act.create")}
          </Button>
        </Deeds>
      </Form>
    </Window>
  );
}

interface Used {
  cards: number;
  more: boolean;
}

interface ValuesProps {
  kind: CardKind;
  field: Field | undefined;
  values: Draft[];
  onChange: (values: Draft[]) => void;
}

function Values({ kind, field, values, onChange }: ValuesProps) {
  const { t } = useTranslation("translation", { keyPrefix: "fields" });
  const gone = (field?.enums ?? []).filter((each) => !values.some((value) => value.id === each.id));
  const used = useQuery({
    queryKey: ["fields", "used", kind, field?.id, gone.map((each) => each.id)],
    queryFn: async () => {
      const found = await Promise.all(
        gone.map((each) => get<Used>(`/desk/fields/${kind}/${String(field?.id)}?enum=${String(each.id)}`)),
      );
      return found.reduce((sum, each) => sum + each.cards, 0);
    },
    enabled: gone.length > 0,
  }).data;
  return (
    <div className={css.values} role="group" aria-label={t("values")}>
      <div className={css.label}>{t("values")}</div>
      <Sortable
        label={t("values")}
        items={values}
        idOf={(each) => each.key}
        handle={(each) => t("moveValue", { name: each.value })}
        said={(each, place) => t("moved", { name: each.value, place })}
        onMove={(each, to) => {
          onChange(put(values, values.indexOf(each), to));
        }}
      >
        {(each) => (
          <div className={css.line}>
            <div className={css.name}>
              <TextInput
                aria-label={t("value", { number: values.indexOf(each) + 1 })}
                maxLength={255}
                autoComplete="off"
                value={each.value}
                onChange={(event) => {
                  const value = event.currentTarget.value;
                  onChange(values.map((one) => (one === each ? { ...one, value } : one)));
                }}
              />
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("deleteValue", { name: each.value })}
              disabled={values.length < 2}
              onClick={() => {
                onChange(values.filter((one) => one !== each));
              }}
            >
              <X size={15} />
            </ActionIcon>
          </div>
        )}
      </Sortable>
      <Button
        className={css.after ?? ""}
        size="compact-sm"
        variant="subtle"
        leftSection={<Plus size={14} />}
        onClick={() => {
          onChange([...values, { key: Math.max(...values.map((each) => each.key)) + 1, value: "" }]);
        }}
      >
        {t("addValue")}
      </Button>
      {used !== undefined && used > 0 && <Note tone="warn">{t("valueGone", { count: used })}</Note>}
    </div>
  );
}

function DeleteField({ kind, field, onClose }: { kind: CardKind; field: Field; onClose: () => void }) {
  const { t } = useTranslation("translation", { keyPrefix: "fields" });
  const { t: common } = useTranslation();
  const { number } = useTimes();
  const used = useQuery({
    queryKey: ["fields", "used", kind, field.id],
    queryFn: () => get<Used>(`/desk/fields/${kind}/${String(field.id)}`),
    staleTime: 0,
  }).data;
  const { save, busy, why } = useSave(() => remove(pathOf(kind, field.id)), {
    changes: CHANGES,
    said: common("said.deleted"),
    done: onClose,
  });
  const text =
    used === undefined
      ? t("counting")
      : used.more
        ? t("deleteMany", { number: number(used.cards) })
        : used.cards === 0
          ? t("deleteEmpty")
          : t("deleteText", { count: used.cards });
  return (
    <Question
      title={t("deleteAsk", { name: field.name })}
      text={text}
      yes={common("act.delete")}
      busy={busy || used === undefined}
      trouble={<Why text={why} />}
      onYes={() => {
        save(undefined);
      }}
      onClose={onClose}
    />
  );
}
