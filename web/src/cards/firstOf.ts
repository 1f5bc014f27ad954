// The first value of a contact's field, as text.
import type { Contact, FieldValue } from "../api/desk";

export function firstOf(contact: Contact, code: string): string {
  const field = contact.custom_fields_values?.find((each) => each.field_code === code);
  return field ? (textsOf(field)[0] ?? "") : "";
}

export function textsOf(field: FieldValue): string[] {
  return field.values.map(({ value }) => {
    if (typeof value === "string") return value;
    return typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(value);
  });
}
