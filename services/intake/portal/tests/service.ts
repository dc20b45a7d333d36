/** A service for tests: answers by a script, and remembers what it was asked. Time passes only when it is waited for. */

import { readFileSync } from "node:fs";
import { PublicApi } from "../src/core/public-api.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Answering = (asked: Asked) => Response | Error | Promise<Response>;

export class Service {
  readonly asked: Asked[] = [];
  readonly waits: number[] = [];
  readonly away: boolean[] = [];
  readonly api: PublicApi;
  #now = 0;

  constructor(answer: Answering) {
    this.api = new PublicApi({
      fetch: async (path, init) => this.#answer(answer, String(path), init ?? {}),
      wait: async (ms) => {
        this.waits.push(ms);
        this.#now += ms;
      },
      now: () => this.#now,
      language: () => "id",
      isWaiting: (away) => this.away.push(away),
    });
  }

  of(path: string): Asked[] {
    return this.asked.filter((each) => each.path.startsWith(path));
  }

  async #answer(answer: Answering, path: string, init: RequestInit): Promise<Response> {
    const asked = {
      method: init.method ?? "GET",
      path,
      headers: init.headers as Record<string, string>,
      body: String(init.body ?? ""),
    };
    this.asked.push(asked);
    const answered = await answer(asked);
    if (answered instanceof Error) throw answered;
    return answered;
  }
}

export const json = (content: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(content), { status, headers });

export const problem = (status: number, kind: string, headers: Record<string, string> = {}): Response =>
  json({ type: `urn:wbs:problem:${kind}`, title: kind, status }, status, headers);

export const networkIsAway = (): Error => new TypeError("fetch failed");

export const vectors = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../../contracts/vectors/${name}`, import.meta.url), "utf8")) as T;
