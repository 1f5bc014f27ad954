// Reads {desk, facts} as lines, applies the facts as the browser does, and writes the desk.
import { createInterface } from "node:readline";
import { apply, begin } from "../../../web/src/live/desk.ts";

for await (const line of createInterface({ input: process.stdin })) {
  const { desk, facts } = JSON.parse(line);
  process.stdout.write(JSON.stringify(facts.reduce(apply, begin(desk))) + "\n");
}
