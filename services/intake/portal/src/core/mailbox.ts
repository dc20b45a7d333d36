/** Following a report by its receipt code: status, timeline and messages, whose signatures are checked here. */

import {
  LetterError,
  openLetter,
  ownerOf,
  sealLetter,
  type About,
  type EvidenceNote,
  type Json,
  type Message,
  type Person,
  type Purpose,
  type Receipt,
  type ReporterSecrets,
  type Route,
} from "wbs-contracts";
import { whenChecked } from "./checks-wait.ts";
import { reporterKeys, type OpenDraft, type PieceState } from "./filing.ts";
import { checkedProofs, type Proofs, type Provable } from "./proofs.ts";
import type { PublicApi } from "./public-api.ts";
import type { KeyRing, TrustedKeys } from "./trusted-keys.ts";
import { Unsent } from "./unsent.ts";

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

interface FiledPiece extends PieceState {
  readonly kind: string;
}

/** Late evidence that a message has filed. `name`: as that message says; empty where it can't be read. */
export interface LatePiece extends FiledPiece {
  readonly name: string;
}

interface Answer extends Provable {
  readonly route: Route;
  readonly status: string;
  readonly timeline: readonly TimelineEntry[];
  readonly locked_keys: string;
  readonly letters: readonly StoredLetter[];
  readonly late_evidence: readonly FiledPiece[];
  readonly is_erased: boolean;
  readonly identity_wanted: readonly string[] | null;
}

/** A place for late evidence; the message that names it files the pieces. One is open at a time. */
export interface OpenBatch extends OpenDraft {
  readonly batch_id: string;
}

/** The pieces that a message files. */
export interface LatePieces {
  readonly batchId: string;
  readonly notes: readonly EvidenceNote[];
}

/** A message that opened and whose signature stands. `writer`: `reporter`, `kpk` or a role. */
export interface ShownMessage {
  readonly letterId: string;
  readonly hour: string;
  readonly writer: string;
  readonly text: string;
  readonly evidence: readonly EvidenceNote[];
}

/**
 * `distrusted`: how many letters aren't shown, since they don't open or their signature doesn't stand.
 * `identityWanted`: why another identity is asked for; null where none is.
 */
export interface Status {
  readonly reportId: string;
  readonly route: Route;
  readonly status: string;
  readonly isErased: boolean;
  readonly timeline: readonly TimelineEntry[];
  readonly messages: readonly ShownMessage[];
  readonly lateEvidence: readonly LatePiece[];
  readonly distrusted: number;
  readonly kpk: KpkDelivery | null;
  readonly proofs: Proofs;
  readonly identityWanted: readonly string[] | null;
}

/** A report's mailbox. The code itself never leaves this object: the server is asked by the locator made from it. */
export class Mailbox {
  readonly #message = new Unsent();
  readonly #offer = new Unsent();

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
    const messages = opened.filter((message) => message !== undefined);
    return {
      reportId: answer.report_id,
      route: answer.route,
      status: answer.status,
      isErased: answer.is_erased,
      timeline: answer.timeline,
      messages,
      lateEvidence: answer.late_evidence.map((piece) => ({ ...piece, name: nameOf(piece, messages) })),
      distrusted: opened.filter((message) => message === undefined).length,
      kpk: answer.kpk ?? null,
      proofs: await checkedProofs(answer, (kid) => keys.people.verificationKey(kid)),
      identityWanted: answer.identity_wanted ?? null,
    };
  }

  /**
   * Sends a message to whoever works on the report, and files late evidence with it. Called again after a failure, it
   * sends the same letter. Waits for pieces that are still on their way inside the service, and says so.
   */
  async write(text: string, late: LatePieces | null = null, waits: () => void = () => undefined): Promise<void> {
    const body = { text, evidence: late?.notes ?? [] };
    const sealed = await this.#message.letter([body, late?.batchId], () =>
      this.#sealed("message-from-reporter", body as unknown as Json),
    );
    const letter: unknown = JSON.parse(sealed);
    const named = late ? { batch_id: late.batchId, evidence_ids: late.notes.map((note) => note.evidence_id) } : {};
    await whenChecked(this.api, waits, () => this.#post("messages", { letter, ...named }));
    this.#message.wasSent();
  }

  /** Gives a place to upload late evidence to: the one that is open already, if no message has filed it. */
  async openBatch(): Promise<OpenBatch> {
    return (await this.#post("evidence", {})) as OpenBatch;
  }

  /**
   * Sends another identity, sealed to the checks, e.g. since the first was found doubtful; `photo`: a JPEG in base64.
   * Called again after a failure, it sends the same letter.
   */
  async offerIdentity(person: Person, photo: string, asksForReview: boolean): Promise<void> {
    const letter = await this.#offer.letter([person, photo, asksForReview], () =>
      this.#sealed("identity-offer", (own) => {
        return { person, ktp_photo: photo, reporter_keys: reporterKeys(own) } as unknown as Json;
      }),
    );
    await this.#post("identity", { letter: JSON.parse(letter), review: asksForReview });
    this.#offer.wasSent();
  }

  /** Notes that the reporter withdraws. It stops nothing. */
  async withdraw(): Promise<void> {
    await this.#post("withdrawal", {});
  }

  async #sealed(purpose: Purpose, body: Json | ((own: ReporterSecrets) => Json)): Promise<string> {
    const [answer, keys] = [await this.#fetch(), await this.keys.fetch()];
    const own = await this.receipt.unlock(answer.locked_keys);
    const about: About = { report_id: answer.report_id, route: answer.route, purpose, letter_id: crypto.randomUUID() };
    const content = typeof body === "function" ? body(own) : body;
    return sealLetter(content, about, keys.recipients(own.encryption.public), own.signing);
  }

  async #post(what: string, content: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.api.post(`/api/v1/receipts/${what}`, { locator: await this.receipt.locator(), ...content });
  }

  async #fetch(): Promise<Answer> {
    return (await this.#post("status", {})) as Answer;
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
    const { text, evidence } = opened.body as Message;
    return { letterId: stored.letter_id, hour: stored.hour, writer: ownerOf(opened.writer), text, evidence };
  } catch (error) {
    if (error instanceof LetterError) return undefined;
    throw error;
  }
}

/** The reporter's own word, inside a letter that nobody else could sign. */
function nameOf({ evidence_id }: FiledPiece, messages: readonly ShownMessage[]): string {
  const notes = messages.filter(({ writer }) => writer === "reporter").flatMap(({ evidence }) => evidence);
  return notes.find((note) => note.evidence_id === evidence_id)?.name ?? "";
}
