import { afterEach, expect, test, vi } from "vitest";
import { keepColumns } from "./keepColumns";

afterEach(() => {
  vi.unstubAllGlobals();
});

const wide = (width: number) => [{ id: "name", width }];
const turn = () => new Promise((over) => setTimeout(over));

/** Requests that wait for their answer: a status. */
function asked() {
  const bodies: unknown[] = [];
  const answers: ((status: number) => void)[] = [];
  vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
    bodies.push((JSON.parse(body) as { columns: unknown }).columns);
    return new Promise<Response>((done) =>
      answers.push((status) => {
        done(new Response(status === 204 ? null : "{}", { status }));
      }),
    );
  });
  const answer = async (status: number) => {
    answers.shift()?.(status);
    await turn();
  };
  return { bodies, answer };
}

test("one is sent after another, and of those that came meanwhile only the last", async () => {
  const { bodies, answer } = asked();
  const kept = [100, 110, 120].map((width) => keepColumns("contacts", wide(width)));
  const other = keepColumns("leads", wide(50));
  await turn();
  expect(bodies).toEqual([wide(100), wide(50)]);
  await answer(204);
  expect(bodies).toEqual([wide(100), wide(50), wide(120)]);
  await answer(204);
  await other;
  await answer(204);
  await Promise.all(kept);
  void keepColumns("contacts", wide(130));
  await turn();
  expect(bodies.at(-1)).toEqual(wide(130));
  await answer(204);
});

test("a refusal of what is no longer wanted ends nothing; of the last it is told, and the next is sent", async () => {
  const { bodies, answer } = asked();
  const kept = keepColumns("contacts", wide(100));
  void keepColumns("contacts", wide(110));
  await turn();
  await answer(503);
  expect(bodies).toEqual([wide(100), wide(110)]);
  await answer(204);
  await kept;
  const refused = keepColumns("contacts", wide(1)).catch((error: unknown) => error);
  await turn();
  await answer(400);
  expect(await refused).toMatchObject({ status: 400 });
  const next = keepColumns("contacts", wide(120));
  await turn();
  await answer(204);
  await next;
});
