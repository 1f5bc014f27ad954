import { beforeEach, describe, expect, test } from "vitest";
import {
  all,
  begun,
  bodyOf,
  type Draft,
  drop,
  forget,
  isTouched,
  keep,
  type Kept,
  read,
  toFinish,
} from "./drafts";

class Memory implements Kept {
  readonly rows = new Map<string, string>();
  get length() {
    return this.rows.size;
  }
  key = (place: number) => [...this.rows.keys()][place] ?? null;
  getItem = (name: string) => this.rows.get(name) ?? null;
  setItem = (name: string, text: string) => void this.rows.set(name, text);
  removeItem = (name: string) => void this.rows.delete(name);
}

const first = begun(4, "", "key-00001");
const draft = (more: Partial<Draft> = {}): Draft => ({ ...first, ...more });

describe("kept", () => {
  let kept: Memory;
  beforeEach(() => {
    kept = new Memory();
  });

  test("for one call of one user", () => {
    expect(keep(kept, "1.7", 5, draft({ text: "Ten doors", at: 1 }))).toBe(true);
    keep(kept, "1.7", 6, draft({ at: 2 }));
    keep(kept, "1.70", 5, draft({ text: "of another" }));
    expect(read(kept, "1.7", 5)?.text).toBe("Ten doors");
    expect(read(kept, "2.7", 5)).toBeNull();
    expect(all(kept, "1.7").map(({ call }) => call)).toEqual([6, 5]);
    drop(kept, "1.7", 6);
    expect(all(kept, "1.7").map(({ call }) => call)).toEqual([5]);
  });

  test("of an older version it has what is missing; what is no draft is none", () => {
    kept.setItem("trubka-draft.1.7.5", '{"key":"old-00001","text":"Kept","status":2}');
    kept.setItem("trubka-draft.1.7.6", "{");
    kept.setItem("trubka-draft.1.7.7", "null");
    kept.setItem("trubka-draft.1.7.x", JSON.stringify(draft()));
    expect(all(kept, "1.7")).toEqual([
      { call: 5, draft: { ...begun(2, "Kept", "old-00001"), status: 2, text: "Kept" } },
    ]);
  });

  test("and forgotten after a month, but for what is to go out", () => {
    const month = 31 * 86_400_000;
    keep(kept, "1.7", 5, draft({ at: 0 }));
    keep(kept, "1.7", 6, draft({ at: 0, saved: true }));
    keep(kept, "1.7", 7, draft({ at: month }));
    forget(kept, "1.7", month);
    expect(all(kept, "1.7").map(({ call }) => call)).toEqual([7, 6]);
  });

  test("not at all where the store is full", () => {
    kept.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    expect(keep(kept, "1.7", 5, draft())).toBe(false);
  });
});

test.each<[Partial<Draft>, boolean]>([
  [{}, false],
  [{ key: "another-key", at: 9 }, false],
  [{ status: 2 }, true],
  [{ text: "x" }, true],
  [{ lead: false }, true],
  [{ card: { entity: "contacts", id: 3, name: "" } }, true],
  [{ due: 5 }, true],
  [{ saved: true }, true],
])("touched %j", (more, touched) => {
  expect(isTouched(draft(more), first)).toBe(touched);
});

const card = { entity: "contacts", id: 3, name: "Ann" } as const;
test.each<[Partial<Draft>, object]>([
  [{}, {}],
  [{ text: " Yes \n" }, { result: "Yes" }],
  [{ contact: " Ann " }, { contact: { name: "Ann" }, lead: { name: "Ann" } }],
  [{ contact: "Ann", lead: false }, { contact: { name: "Ann" } }],
  [
    { contact: "Ann", stage: "3001:42" },
    { contact: { name: "Ann" }, lead: { name: "Ann", pipeline_id: 3001, status_id: 42 } },
  ],
  [{ card, contact: "Ann" }, { card: { entity: "contacts", id: 3 } }],
  [
    { card, lead: true },
    { card: { entity: "contacts", id: 3 }, lead: {} },
  ],
  [{ lead: true }, { lead: {} }],
  [
    { due: 1760000000, taskType: 2, taskText: "Send" },
    { task: { complete_till: 1760000000, text: "Send", task_type_id: 2 } },
  ],
  [{ due: 1760000000 }, { task: { complete_till: 1760000000, text: "" } }],
])("asked of the server: %j", (more, body) => {
  expect(bodyOf(draft(more))).toEqual({ key: "key-00001", status: 4, ...body });
});

test("what waits is counted once, and what goes out is not", () => {
  const drafts = [
    { call: 9, draft: draft() },
    { call: 2, draft: draft() },
    { call: 3, draft: draft({ saved: true }) },
  ];
  expect(toFinish([1, 2, 3], drafts)).toEqual([1, 2, 9]);
});
