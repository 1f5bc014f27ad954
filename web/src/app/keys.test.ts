import { expect, test, vi } from "vitest";
import { deedOf, nameOf } from "./keys";

test.each([
  [{ code: "Slash", key: "/", shiftKey: false }, "/"],
  [{ code: "Slash", key: ".", shiftKey: false }, "/"], // the Russian layout
  [{ code: "Slash", key: ",", shiftKey: true }, "?"],
  [{ code: "Digit7", key: "?", shiftKey: true }, "?"],
  [{ code: "KeyG", key: "п", shiftKey: false }, "g"],
  [{ code: "KeyG", key: "G", shiftKey: true }, "g"],
  [{ code: "ArrowDown", key: "ArrowDown", shiftKey: false }, "ArrowDown"],
])("%o is %s", (event, name) => {
  expect(nameOf(event)).toBe(name);
});

test("two keys are one deed, and the screen opened last is asked first", () => {
  const [home, people, add, addHere] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  const desk = { "g h": home, "g p": people, n: add };
  const screen = { n: addHere };
  expect(deedOf("p", "g", [screen, desk])).toBe(people);
  expect(deedOf("n", "", [screen, desk])).toBe(addHere);
  expect(deedOf("n", "g", [screen, desk])).toBe(addHere);
  expect(deedOf("g", "", [screen, desk])).toBeUndefined();
});
