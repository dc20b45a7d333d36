/** Following a report by its receipt code: status, timeline and messages, whose signatures are checked here. */

import {
  LetterError,
  openLetter,
  ownerOf,
  sealLetter,
  type About,
  type Json,
  type Message,
  type Purpose,
  type Receipt,
  type ReporterSecrets,
  type Route,
} from "wbs-contracts";
import { checkedProofs, type Proofs, type Provable } from "./proofs.ts";
import type { PublicApi } from "./public-api.ts";
import type { KeyRing, TrustedKeys } from "./trusted-keys.ts";

interface StoredLetter {
  readonly letter_id: string;
  readonly purpose: Purpose;
  readonly hour: string;
  readonly letter: Readonly<Record<string, unknown>>;
}

export interface TimelineEntry {
  readonly hour: string;
  readonly what: string;
  readonly status: string | null;
}

/** What KPK has and says; `receipts` are verified apart (`Proofs`). */
export interface KpkDelivery {
  readonly reference: string;
  readonly is_complete: boolean;
  readonly status: string | null;
  readonly receipts: readonly string[];
}

interface Answer extends Provable {
  readonly route: Route;
  readonly status: string;
  readonly timeline: readonly TimelineEntry[];
  readonly locked_keys: string;
  readonly letters: readonly StoredLetter[];
  readonly is_erased: boolean;
}

/** A message that opened and whose signature stands. `writer`: `reporter`, `kpk` or a role. */
export interface ShownMessage {
  readonly letterId: string;
  readonly hour: string;
  readonly writer: string;
  readonly text: string;
}

/** `distrusted`: how many letters aren't shown, since they don't open or their signature doesn't stand. */
export interface Status {
  readonly reportId: string;
  readonly route: Route;
  readonly status: string;
  readonly isErased: boolean;
  readonly timeline: readonly TimelineEntry[];
  readonly messages: readonly ShownMessage[];
  readonly distrusted: number;
  readonly kpk: KpkDelivery | null;
  readonly proofs: Proofs;
}

/** A report's mailbox. The code itself never leaves this object: the server is asked by the locator made from it. */
export class Mailbox {
  #unsent: { readonly text: string; readonly letter: string } | undefined;

  constructor(
    private readonly api: PublicApi,
    private readonly keys: KeyRing,
    private readonly receipt: Receipt,
  ) {}

  /** Throws CannotUnlock if the keys that the service keeps aren't this code's. */
  async read(): Promise<Status> {
    const [answer, keys] = [await this.#fetch(), await this.keys.fetch()];
    const own = await this.receipt.unlock(answer.locked_keys);
    const opened = await Promise.all(answer.letters.map((stored) => open(stored, answer, own, keys)));
    return {
      reportId: answer.report_id,
      route: answer.route,
      status: answer.status,
      isErased: answer.is_erased,
      timeline: answer.timeline,
      messages: opened.filter((message) => message !== undefined),
      distrusted: opened.filter((message) => message === undefined).length,
      kpk: answer.kpk ?? null,
      proofs: await checkedProofs(answer, (kid) => keys.people.verificationKey(kid)),
    };
  }

  /** Sends a message to whoever works on the report. Called again after a failure, it sends the same letter. */
  async write(text: string): Promise<void> {
    if (this.#unsent?.text !== text) this.#unsent = { text, letter: await this.#sealed(text) };
    const letter: unknown = JSON.parse(this.#unsent.letter);
    await this.api.post("/api/v1/receipts/messages", { locator: await this.receipt.locator(), letter });
    this.#unsent = undefined;
  }

  async #sealed(text: string): Promise<string> {
    const [answer, keys] = [await this.#fetch(), await this.keys.fetch()];
    const own = await this.receipt.unlock(answer.locked_keys);
    const about: About = {
      report_id: answer.report_id,
      route: answer.route,
      purpose: "message-from-reporter",
      letter_id: crypto.randomUUID(),
    };
    const body: Json = { text, evidence: [] };
    return sealLetter(body, about, keys.recipients(own.encryption.public), own.signing);
  }

  async #fetch(): Promise<Answer> {
    return (await this.api.post("/api/v1/receipts/status", { locator: await this.receipt.locator() })) as Answer;
  }
}

/** Nothing for a letter that can't be trusted: a forged question is the cheapest way to unmask a reporter. */
async function open(
  stored: StoredLetter,
  { report_id, route }: Answer,
  own: ReporterSecrets,
  keys: TrustedKeys,
): Promise<ShownMessage | undefined> {
  const expected = { report_id, route, purpose: stored.purpose, letter_id: stored.letter_id };
  const writers = (kid: string) =>
    kid === own.signing.kid ? own.signing.public : keys.people.verificationKey(kid);
  try {
    const opened = await openLetter(JSON.stringify(stored.letter), expected, own.encryption, writers);
    const { text } = opened.body as Message;
    return { letterId: stored.letter_id, hour: stored.hour, writer: ownerOf(opened.writer), text };
  } catch (error) {
    if (error instanceof LetterError) return undefined;
    throw error;
  }
}
