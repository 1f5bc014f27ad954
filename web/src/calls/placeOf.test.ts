import { expect, test } from "vitest";
import { placeOf } from "./placeOf";

test.each([
  ["+7 343 000-11-22", "ru", { name: "Свердловская область", zone: "Asia/Yekaterinburg" }],
  ["84950001122", "en", { name: "Moscow", zone: "Europe/Moscow" }],
  ["+79160001122", "en", { name: "Russia" }],
  ["+77010001122", "en", { name: "Kazakhstan" }],
  ["+78000001122", "ru", null],
  ["+375291112233", "ru", { name: "Беларусь", zone: "Europe/Minsk" }],
  ["+3809612345678", "en", { name: "Ukraine" }],
  ["+12025550100", "en", null],
  ["4915112345678", "en", null],
  ["101", "en", null],
  ["anonymous", "en", null],
])("%s in %s", (number, language, expected) => {
  expect(placeOf(number, language)).toEqual(expected);
});
