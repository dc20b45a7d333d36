/** Asking again while nothing but a running check is in the way. */

import { Problem, type PublicApi } from "./public-api.ts";

const CHECKS_MS = 180_000;

/** Gives what `call` gives. The service says how long to wait, and `waits` is told; for what is missing it throws. */
export async function whenChecked<T>(api: PublicApi, waits: () => void, call: () => Promise<T>): Promise<T> {
  const giveUpAt = api.now() + CHECKS_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const pause = pauseForChecks(error);
      if (pause === undefined || api.now() + pause > giveUpAt) throw error;
      waits();
      await api.wait(pause);
    }
  }
}

function pauseForChecks(error: unknown): number | undefined {
  return error instanceof Problem && error.kind === "incomplete" ? error.retryAfterMs : undefined;
}
