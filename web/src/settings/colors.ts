// The colours that a stage may have (docs/api.md); a new stage takes the next one that none has yet.
export const COLORS = [
  ["#99ccff", "#ffff99", "#ffcc66", "#ffcccc", "#fffeb2"],
  ["#fffd7f", "#fff000", "#ffeab2", "#ffdc7f", "#ffce5a"],
  ["#ffdbdb", "#ffc8c8", "#ff8f92", "#d6eaff", "#c1e0ff"],
  ["#98cbff", "#ebffb1", "#deff81", "#87f2c0", "#f9deff"],
  ["#f3beff", "#ccc8f9", "#eb93ff", "#f2f3f4", "#e6e8ea"],
].flat();

export function nextColor(taken: readonly string[]): string {
  const known = taken.map((each) => each.toLowerCase());
  return COLORS.find((each) => !known.includes(each)) ?? COLORS[taken.length % COLORS.length] ?? "";
}

/** The `sort` with which a stage stands at this place among the others; the server numbers them anew. */
export function sortAt(others: readonly { sort: number }[], to: number): number {
  const before = others[to - 1];
  const next = others[to];
  return before ? before.sort + 5 : next ? next.sort - 5 : 20;
}
