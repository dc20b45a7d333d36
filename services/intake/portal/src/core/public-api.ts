/** HTTP to the public API: every call is safe to repeat, and is repeated while the network or the service is away. */

const CALL_TIMEOUT_MS = 120_000; // an identity with its photo takes a weak uplink a minute
const PATIENCE_MS = 60_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** The service refused: a problem detail (RFC 9457). `kind` is the last part of its type, e.g. `report-id-taken`. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly kind: string;

  constructor(
    readonly status: number,
    readonly details: Readonly<Record<string, unknown>>,
    readonly retryAfterMs?: number,
  ) {
    const kind = String(details["type"] ?? "").split(":").at(-1) ?? "";
    super(`${status} ${kind}`);
    this.kind = kind;
  }

  /** Rather than a failure of the service, which says nothing about what became of this or an earlier try. */
  get isRefusal(): boolean {
    return this.status < 500;
  }
}

/** No answer for as long as we were patient. What was asked may have been done: asking again does no harm. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

export interface Options {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the API stands on; tests hand in their own. `isWaiting` is told when the network is away, and back. */
export interface Surroundings {
  readonly fetch: typeof fetch;
  readonly wait: (ms: number) => Promise<void>;
  readonly now: () => number;
  readonly language: () => string;
  readonly isWaiting: (away: boolean) => void;
}

export class PublicApi {
  constructor(private readonly around: Surroundings) {}

  get(path: string, options: Options = {}): Promise<unknown> {
    return this.#call("GET", path, undefined, options);
  }

  post(path: string, content: unknown, options: Options = {}): Promise<unknown> {
    return this.#call("POST", path, content, options);
  }

  put(path: string, content: unknown, options: Options = {}): Promise<unknown> {
    return this.#call("PUT", path, content, options);
  }

  wait(ms: number): Promise<void> {
    return this.around.wait(ms);
  }

  now(): number {
    return this.around.now();
  }

  async #call(method: string, path: string, content: unknown, options: Options): Promise<unknown> {
    const giveUpAt = this.now() + PATIENCE_MS;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once(method, path, content, options);
      } catch (error) {
        const pause = pauseAfter(error, attempt);
        if (pause === undefined || this.now() + pause > giveUpAt) throw error;
        this.around.isWaiting(true);
        await this.wait(pause);
      } finally {
        if (attempt > 0) this.around.isWaiting(false);
      }
    }
  }

  async #once(method: string, path: string, content: unknown, options: Options): Promise<unknown> {
    const answer = await this.#fetched(method, path, content, options);
    const text = await answer.text().catch(() => Promise.reject(new Unreachable("broken off")));
    if (answer.ok) return text ? JSON.parse(text) : undefined;
    throw new Problem(answer.status, detailsIn(text), retryAfterMs(answer));
  }

  async #fetched(method: string, path: string, content: unknown, options: Options): Promise<Response> {
    const body = content === undefined ? {} : { body: JSON.stringify(content) };
    try {
      return await this.around.fetch(path, {
        ...body,
        method,
        headers: this.#headers(content, options),
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
      });
    } catch {
      throw new Unreachable("no answer");
    }
  }

  #headers(content: unknown, options: Options): Record<string, string> {
    return {
      "Accept-Language": this.around.language(),
      ...(content === undefined ? {} : { "Content-Type": "application/json" }),
      ...(options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }),
      ...options.headers,
    };
  }
}

/** How long to wait before another try; undefined if none would help. With jitter, so that not all come back at once. */
function pauseAfter(error: unknown, attempt: number): number | undefined {
  const backOff = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
  if (error instanceof Unreachable) return backOff;
  if (error instanceof Problem && (error.status === 429 || error.status === 503)) return error.retryAfterMs ?? backOff;
  return undefined;
}

function detailsIn(text: string): Record<string, unknown> {
  try {
    const details: unknown = JSON.parse(text);
    return typeof details === "object" && details !== null ? (details as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function retryAfterMs(answer: Response): number | undefined {
  const text = answer.headers.get("Retry-After") ?? "";
  return /^\d+$/.test(text) ? Number(text) * 1000 : undefined;
}
