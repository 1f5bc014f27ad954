// How a custom field is edited, what is sent for it, and how its values are read out: pure, and the same for every card.
import type { Field, Value } from "../../api/cards";

/** What stands in the editor; its shape follows from the type of the field. */
export type Draft =
  | { as: "text"; text: string }
  | { as: "flag"; on: boolean }
  | { as: "choice"; id: number | null }
  | { as: "choices"; ids: number[] }
  | { as: "rows"; rows: { enumId: number | null; text: string }[] }
  | { as: "lines"; lines: Record<number, string> }
  | { as: "objects"; objects: Record<string, unknown>[] };

export type Editor = Draft["as"];

const OBJECTS: Record<string, readonly string[]> = {
  legal_entity: ["name", "vat_id", "tax_registration_reason_code", "address"],
  items: ["description", "sku", "quantity", "unit_price"],
  linked_entity: ["name", "entity_type", "entity_id"],
  chained_list: ["catalog_id", "catalog_element_id"],
  file: ["file_name", "file_uuid"],
  payer: ["name", "vat_id"],
  supplier: ["name", "vat_id"],
};
export const DATES = ["date", "date_time", "birthday"];
export const NUMBERS = ["numeric", "monetary", "price"];

export function editorOf(type: string): Editor {
  switch (type) {
    case "checkbox":
      return "flag";
    case "select":
    case "radiobutton":
      return "choice";
    case "multiselect":
    case "category":
      return "choices";
    case "multitext":
      return "rows";
    case "smart_address":
      return "lines";
    default:
      return type in OBJECTS ? "objects" : "text";
  }
}

/** What an object of this type is known to say, and what else this one does. */
export function partsOf(type: string, object: Record<string, unknown>): string[] {
  const known = OBJECTS[type] ?? [];
  return [...known, ...Object.keys(object).filter((key) => !known.includes(key) && isPlain(object[key]))];
}

const isPlain = (value: unknown): boolean => value === null || typeof value !== "object";

export function draftOf(field: Field, values: Value[], timeZone: string): Draft {
  const enums = field.enums ?? [];
  switch (editorOf(field.type)) {
    case "flag":
      return { as: "flag", on: values[0]?.value === true };
    case "choice":
      return { as: "choice", id: values[0]?.enum_id ?? null };
    case "choices":
      return { as: "choices", ids: values.flatMap((each) => each.enum_id ?? []) };
    case "rows": {
      const rows = values.map((each) => ({ enumId: each.enum_id ?? null, text: written(each.value) }));
      return { as: "rows", rows: rows.length > 0 ? rows : [{ enumId: enums[0]?.id ?? null, text: "" }] };
    }
    case "lines":
      return {
        as: "lines",
        lines: Object.fromEntries(
          enums.map((each) => [each.id, written(values.find((value) => value.enum_id === each.id)?.value)]),
        ),
      };
    case "objects": {
      const objects = values.map((each) =>
        typeof each.value === "object" && each.value !== null ? (each.value as Record<string, unknown>) : {},
      );
      return { as: "objects", objects: objects.length > 0 ? objects : [{}] };
    }
    case "text": {
      const value = values[0]?.value;
      const text =
        DATES.includes(field.type) && typeof value === "number"
          ? localTime(value, timeZone, field.type === "date_time")
          : written(value);
      return { as: "text", text };
    }
  }
}

/** The values as the API takes them; none clears the field. */
export function givenOf(draft: Draft): { value?: unknown; enum_id?: number }[] {
  switch (draft.as) {
    case "flag":
      return [{ value: draft.on }];
    case "choice":
      return draft.id === null ? [] : [{ enum_id: draft.id }];
    case "choices":
      return draft.ids.map((id) => ({ enum_id: id }));
    case "rows":
      return draft.rows
        .map((row) => ({ ...row, text: row.text.trim() }))
        .filter((row) => row.text !== "")
        .map((row) => ({ value: row.text, ...(row.enumId === null ? {} : { enum_id: row.enumId }) }));
    case "lines":
      return Object.entries(draft.lines)
        .filter(([, text]) => text.trim() !== "")
        .map(([id, text]) => ({ value: text.trim(), enum_id: Number(id) }));
    case "objects":
      return draft.objects
        .map((object) =>
          Object.fromEntries(Object.entries(object).filter(([, part]) => part !== "" && part !== null)),
        )
        .filter((object) => Object.keys(object).length > 0)
        .map((object) => ({ value: object }));
    case "text": {
      const text = draft.text.trim();
      return text === "" ? [] : [{ value: text }];
    }
  }
}

/** Numbers are written the way people write them: with a comma, and spaces between the thousands. */
export const plainNumber = (text: string): string => text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");

export const isNumber = (text: string): boolean =>
  text.trim() === "" || /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plainNumber(text));

/** `2026-11-20` or `2026-11-20T14:30` there, as a field of the browser takes it. */
export function localTime(seconds: number, timeZone: string, withTime: boolean): string {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    ...(withTime ? { hour: "2-digit", minute: "2-digit" } : {}),
  }).format(seconds * 1000);
  return parts.replace(" ", "T");
}

export function written(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

export interface Reading {
  timeZone: string;
  yes: string;
  no: string;
  date: (seconds: number) => string;
  moment: (seconds: number) => string;
  number: (value: number) => string;
}

/** What is read out of a value; an object by what it says first. */
export function shownOf(type: string, value: unknown, reading: Reading): string {
  if (type === "checkbox") return value === true || value === "True" ? reading.yes : reading.no;
  if (DATES.includes(type)) {
    const seconds = Number(value);
    if (!Number.isFinite(seconds)) return written(value);
    return type === "date_time" ? reading.moment(seconds) : reading.date(seconds);
  }
  if (NUMBERS.includes(type) && value !== "" && Number.isFinite(Number(value)))
    return reading.number(Number(value));
  if (typeof value === "object" && value !== null) {
    const object = value as Record<string, unknown>;
    const parts = partsOf(type, object).map((part) => written(object[part]));
    return parts.filter((part) => part !== "").join(" · ");
  }
  return written(value);
}
