import { expect, test } from "vitest";
import type { Contact } from "../api/desk";
import { firstOf, textsOf } from "./firstOf";

const phone = {
  field_id: 1,
  field_name: "Phone",
  field_code: "PHONE",
  values: [{ value: "+7916" }, { value: "+7495" }],
};

test("the first number of a contact is shown, and nothing where there is none", () => {
  const contact = { custom_fields_values: [phone] } as Contact;
  expect(firstOf(contact, "PHONE")).toBe("+7916");
  expect(firstOf(contact, "EMAIL")).toBe("");
  expect(firstOf({ ...contact, custom_fields_values: null }, "PHONE")).toBe("");
});

test("every kind of value has a text", () => {
  expect(textsOf({ ...phone, values: [{ value: 5 }, { value: true }, { value: { name: "x" } }] })).toEqual([
    "5",
    "true",
    '{"name":"x"}',
  ]);
});
