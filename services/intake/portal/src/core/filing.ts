/** Filing a report: ids, keys, receipt code and letters are made here, on the reporter's device. */

import {
  letterDigest,
  hex,
  newReporterSecrets,
  Receipt,
  sealLetter,
  verifyPromise,
  type About,
  type EvidenceNote,
  type Json,
  type Leaf,
  type Person,
  type Purpose,
  type ReporterSecrets,
  type Route,
} from "wbs-contracts";
import { whenChecked } from "./checks-wait.ts";
import { Problem, type PublicApi } from "./public-api.ts";
import { solve, type Challenge } from "./proof-of-work.ts";
import type { KeyRing } from "./trusted-keys.ts";
import { Unsent } from "./unsent.ts";

const NO_OFFER = "00000000-0000-0000-0000-000000000000";

/** The service signed a promise about something else than what was sent. */
export class PromiseNotAboutThis extends Error {
  override readonly name = "PromiseNotAboutThis";
}

/** `answers`: those to the guide's questions, by the question's name; `evidence`: the pieces, named and described. */
export interface StoryDraft {
  readonly text: string;
  readonly answers: Readonly<Record<string, string>>;
  readonly evidence: readonly EvidenceNote[];
}

/** What the Inspektorat may sort by; none in route `kpk`. */
export interface Facts {
  readonly category: string;
  readonly area: string;
  readonly skpd: string;
  readonly period_from: string;
  readonly period_to: string;
  readonly loss: string;
}

export interface OpenDraft {
  readonly upload_token: string;
  readonly expires_at: string;
  readonly uploads_url: string;
}

export interface PieceState {
  readonly evidence_id: string;
  readonly is_checked: boolean;
  readonly fault: string | null;
}

export interface IdentityState {
  readonly offer_id: string;
  readonly outcome?: "consistent" | "inconsistent" | "unsure";
  readonly reasons?: readonly string[];
}

export interface DraftState {
  readonly identity: IdentityState | null;
  readonly evidence: readonly PieceState[];
}

/** A promise that was checked: signed by intake, about this report and this story. */
export interface Promised {
  readonly leaf: Leaf;
  readonly text: string;
}

interface Sealed {
  readonly content: string;
  readonly letter: string;
}

/** One report, from draft to promise. Each step may be repeated after a failure: nothing is filed twice. */
export class Filing {
  readonly reportId = crypto.randomUUID();
  readonly receipt = Receipt.generate();
  #opening: Record<string, unknown> | undefined;
  #idempotencyKey = crypto.randomUUID();
  #draft: OpenDraft | undefined;
  #opened: Promise<OpenDraft> | undefined;
  readonly #offer = new Unsent();
  #offerId = NO_OFFER;
  #story: Sealed | undefined;

  private constructor(
    private readonly api: PublicApi,
    private readonly keys: KeyRing,
    readonly route: Route,
    private readonly secrets: ReporterSecrets,
  ) {}

  static async begin(api: PublicApi, keys: KeyRing, route: Route): Promise<Filing> {
    return new Filing(api, keys, route, await newReporterSecrets());
  }

  /** Opens the draft, at the price of a proof of work. Asked while it is being opened, it waits for the same. */
  open(): Promise<OpenDraft> {
    this.#opened ??= this.#open().finally(() => {
      this.#opened = undefined;
    });
    return this.#opened;
  }

  async #open(): Promise<OpenDraft> {
    if (this.#draft) return this.#draft;
    this.#opening ??= await this.#makeOpening();
    const headers = { "Idempotency-Key": this.#idempotencyKey };
    try {
      this.#draft = (await this.api.post("/api/v1/reports", this.#opening, { headers })) as OpenDraft;
    } catch (error) {
      // Refused: the next try has another challenge, so other content, and needs another key.
      if (error instanceof Problem && error.isRefusal) [this.#opening, this.#idempotencyKey] = [undefined, crypto.randomUUID()];
      throw error;
    }
    return this.#draft;
  }

  async #makeOpening(): Promise<Record<string, unknown>> {
    return {
      report_id: this.reportId,
      route: this.route,
      locator_hash: await this.receipt.locatorHash(),
      encryption: this.secrets.encryption.public.jwk,
      signing: this.secrets.signing.public.jwk,
      locked_keys: await this.receipt.lock(this.secrets),
      challenge: await solve((await this.api.get("/api/v1/challenges")) as Challenge),
    };
  }

  /** Sends the identity, sealed to the checks; `photo`: a JPEG in base64. Another offer replaces it; a repeated call is the same offer. */
  async offerIdentity(person: Person, photo: string, asksForReview: boolean): Promise<void> {
    const token = await this.#token();
    const body = { person, ktp_photo: photo, reporter_keys: reporterKeys(this.secrets) };
    const letter = await this.#offer.letter([person, photo, asksForReview], () =>
      this.#seal("identity-offer", body as unknown as Json),
    );
    const path = `/api/v1/reports/${this.reportId}/identity${asksForReview ? "?review=true" : ""}`;
    const answer = (await this.api.put(path, { letter: JSON.parse(letter) }, { token })) as { offer_id: string };
    this.#offer.wasSent();
    this.#offerId = answer.offer_id;
  }

  /** What the service has of the draft. The identity is null until the one that was offered last has arrived. */
  async state(): Promise<DraftState> {
    const token = await this.#token();
    const state = (await this.api.get(`/api/v1/reports/${this.reportId}`, { token })) as DraftState;
    return { ...state, identity: state.identity?.offer_id === this.#offerId ? state.identity : null };
  }

  /**
   * Gives the promise, checked. Waits for checks that run, and says so; throws Problem `incomplete` for what is missing.
   * The same content is sealed once, so that a repeated call submits the same report.
   */
  async submit(story: StoryDraft, facts: Facts | null, originalsToKpk: boolean, waits: () => void): Promise<Promised> {
    const letter = await this.#sealedStory(story);
    const submission = {
      offer_id: this.#offerId,
      evidence_ids: story.evidence.map((note) => note.evidence_id),
      originals_to_kpk: originalsToKpk,
      facts,
      story: JSON.parse(letter),
    };
    return this.#checked((await this.#submit(submission, waits)).promise, letter);
  }

  #submit(submission: unknown, waits: () => void): Promise<{ promise: string }> {
    return whenChecked(this.api, waits, async () => {
      const options = { token: await this.#token() };
      const answer = await this.api.post(`/api/v1/reports/${this.reportId}/submission`, submission, options);
      return answer as { promise: string };
    });
  }

  async #sealedStory(story: StoryDraft): Promise<string> {
    const body = { ...story, reporter_keys: reporterKeys(this.secrets) } as unknown as Json;
    const content = JSON.stringify(body);
    if (this.#story?.content !== content) this.#story = { content, letter: await this.#seal("story", body) };
    return this.#story.letter;
  }

  async #seal(purpose: Purpose, body: Json): Promise<string> {
    const keys = await this.keys.fetch();
    const about: About = { report_id: this.reportId, route: this.route, purpose, letter_id: crypto.randomUUID() };
    return sealLetter(body, about, keys.recipients(this.secrets.encryption.public), this.secrets.signing);
  }

  async #checked(text: string, story: string): Promise<Promised> {
    const { people } = await this.keys.fetch();
    const leaf = await verifyPromise(text, (kid) => people.verificationKey(kid));
    const isOurs = leaf.report_id === this.reportId && leaf.letters.includes(hex(await letterDigest(story)));
    if (!isOurs) throw new PromiseNotAboutThis();
    return { leaf, text };
  }

  async #token(): Promise<string> {
    return (await this.open()).upload_token;
  }
}

/** What is told of the reporter's keys, inside what is sealed. */
export function reporterKeys({ encryption, signing }: ReporterSecrets) {
  return { encryption: encryption.public.jwk, signing: signing.public.jwk };
}
