/** Asks what the checks said, as long as one of them runs. */

import type { DraftState, Filing } from "../core/filing.ts";
import { Problem, type PublicApi } from "../core/public-api.ts";

const LOOK_EVERY_MS = 2000;

export interface Watching {
  /** Whether nothing more is waited for. */
  isSettled(state: DraftState): boolean;
  show(state: DraftState): void;
}

export class DraftWatch {
  readonly #watching: Watching[] = [];
  #isLooking = false;
  #isOver = false;

  constructor(
    private readonly api: PublicApi,
    private readonly filing: Filing,
  ) {}

  add(watching: Watching): void {
    this.#watching.push(watching);
  }

  /** Looks now, and until everybody has what they wait for. */
  look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    void this.#lookUntilSettled().finally(() => {
      this.#isLooking = false;
    });
  }

  stop(): void {
    this.#isOver = true;
  }

  async #lookUntilSettled(): Promise<void> {
    for (let settled = false; !settled && !this.#isOver; ) {
      settled = await this.#once();
      if (!settled) await this.api.wait(LOOK_EVERY_MS);
    }
  }

  /** The network's failures are told by the frame; a draft that is gone is told when something is sent. */
  async #once(): Promise<boolean> {
    try {
      const state = await this.filing.state();
      for (const each of this.#watching) each.show(state);
      return this.#watching.every((each) => each.isSettled(state));
    } catch (error) {
      return error instanceof Problem;
    }
  }
}
