// Columns are kept by one request after another, so that none overtakes another: of what came meanwhile only the last is sent.
import { put } from "../api/client";
import type { Column, Kind } from "../api/table";

const waiting = new Map<Kind, Column[]>();
const going = new Map<Kind, Promise<void>>();

/** Over when the last that was asked for is kept, and refused only if that one is. */
export function keepColumns(kind: Kind, columns: Column[]): Promise<void> {
  waiting.set(kind, columns);
  const goes = going.get(kind) ?? send(kind);
  going.set(kind, goes);
  return goes;
}

async function send(kind: Kind): Promise<void> {
  try {
    for (let next = waiting.get(kind); next; next = waiting.get(kind)) {
      waiting.delete(kind);
      try {
        await put(`/desk/table/${kind}/columns`, { columns: next });
      } catch (error) {
        if (!waiting.has(kind)) throw error;
      }
    }
  } finally {
    going.delete(kind);
  }
}
