import { afterEach, expect, test, vi } from "vitest";
import { get, Refusal, Unreachable } from "./client";
import { samePlace } from "./desk";

afterEach(() => {
  vi.unstubAllGlobals();
});

const answering = (body: unknown, status: number, headers: Record<string, string> = {}) => {
  vi.stubGlobal("fetch", () =>
    Promise.resolve(new Response(body === null ? null : JSON.stringify(body), { status, headers })),
  );
};

test("a refusal brings its sentence, its status and how long to wait", async () => {
  answering({ detail: "Too many tries.", status: 429, retry_after: 30 }, 429);
  const error = await get("/desk/me").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Refusal);
  expect(error).toMatchObject({ status: 429, texts: ["Too many tries."], retrySeconds: 30 });
});

test("what is wrong with single fields is what is told", async () => {
  const errors = [
    { code: "InvalidValue", path: "email", detail: "This value is not a valid email address." },
    { code: "FieldMissing", path: "name", detail: "This value should not be blank." },
  ];
  answering({ "validation-errors": [{ request_id: "0", errors }], detail: "Request validation failed" }, 400);
  await expect(get("/desk/users")).rejects.toMatchObject({
    texts: ["This value is not a valid email address.", "This value should not be blank."],
  });
});

test("an empty answer is nothing, and no answer is no refusal", async () => {
  answering(null, 204);
  expect(await get("/api/v4/contacts")).toBeUndefined();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(get("/desk/me")).rejects.toBeInstanceOf(Unreachable);
  answering({}, 502);
  await expect(get("/desk/me")).rejects.toBeInstanceOf(Unreachable);
});

test.each([
  ["https://acme.example/api/v4/contacts?page=2&limit=100", "/api/v4/contacts?page=2&limit=100"],
  [undefined, undefined],
])("the next page is asked of the same server: %s", (href, expected) => {
  expect(samePlace(href)).toBe(expected);
});
