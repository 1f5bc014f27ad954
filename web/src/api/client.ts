// How the pages ask the server, and what a refusal is. Nothing but the session's cookie says who asks.

/** The server said no, and why: whole sentences, in English; several where several fields are wrong. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly status: number,
    readonly texts: string[],
    readonly retrySeconds: number,
  ) {
    super(texts.join(" "));
  }
}

/** No answer came: the connection is down or the server is being restarted. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** What must be there before a refusal is told: its words in the reader's language, which nobody needs until then. */
export const refusals = { ready: (): Promise<unknown> => Promise.resolve() };

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const LONGEST_WAIT = 30_000; // ms

export async function ask<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "X-Requested-With": "trubka", Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      signal: AbortSignal.timeout(LONGEST_WAIT),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Unreachable();
  }
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  throw await refusal(answer);
}

interface Problem {
  detail?: string;
  retry_after?: number;
  "validation-errors"?: { errors: { detail: string }[] }[];
}

async function refusal(answer: Response): Promise<Refusal | Unreachable> {
  const problem = (await answer.json().catch(() => ({}))) as Problem;
  // A proxy before us says so when we are down.
  if ((answer.status === 502 || answer.status === 504) && !problem.detail) return new Unreachable();
  const wait = Number(problem.retry_after ?? answer.headers.get("retry-after") ?? 0);
  // What is wrong with single fields says more than that something is wrong.
  const flaws = (problem["validation-errors"] ?? []).flatMap((item) =>
    item.errors.map((flaw) => flaw.detail),
  );
  const detail = problem.detail ? [problem.detail] : [];
  await refusals.ready();
  return new Refusal(answer.status, flaws.length > 0 ? flaws : detail, wait || 0);
}

export const get = <T>(path: string): Promise<T> => ask<T>("GET", path);
export const post = <T = undefined>(path: string, body: unknown = {}): Promise<T> =>
  ask<T>("POST", path, body);
export const put = <T = undefined>(path: string, body: unknown): Promise<T> => ask<T>("PUT", path, body);
export const patch = <T>(path: string, body: unknown): Promise<T> => ask<T>("PATCH", path, body);
export const remove = <T = undefined>(path: string): Promise<T> => ask<T>("DELETE", path);

export const isRefusal = (error: unknown, status?: number): error is Refusal =>
  error instanceof Refusal && (status === undefined || error.status === status);
