import { expect, test } from "vitest";
import { ours } from "./routes";

test.each([
  ["/contacts?x=1", "/contacts?x=1"],
  ["/oauth?client_id=a&state=b", "/oauth?client_id=a&state=b"],
  ["https://elsewhere.example/", "/"],
  ["//elsewhere.example", "/"],
  ["/\\elsewhere.example", "/"],
  ["javascript:alert(1)", "/"],
  ["/sign-in?to=/sign-in", "/"],
  [undefined, "/"],
  [7, "/"],
])("after signing in one goes only to an address of ours: %s", (to, expected) => {
  expect(ours(to)).toBe(expected);
});
