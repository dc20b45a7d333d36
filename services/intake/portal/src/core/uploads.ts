/** Uploads of evidence by tus 1.0: in pieces, gone on with where they broke off. Nothing of them is kept in the browser. */

import { DetailedError, Upload } from "tus-js-client";
import type { OpenDraft } from "./filing.ts";

const PIECE_BYTES = 4 << 20;
const RETRY_DELAYS_MS = [0, 1000, 2000, 4000, 8000, 15_000, 30_000];
const WORTH_ANOTHER_TRY = [409, 423, 429, 460]; // 460: tus's "checksum mismatch"

/** `broken`: the connection is away for long; going on is asked for, or comes when the device is online again. */
export type UploadState = "sending" | "broken" | "refused" | "received";

export interface Watcher {
  changed(): void;
}

/** One file on its way; `evidenceId` is its name as soon as the service has given one. */
export class PieceUpload {
  state: UploadState = "sending";
  sent = 0;
  /** Why the service refused, in its own words, if it said any. */
  refusal = "";
  readonly #upload: Upload;

  constructor(
    file: File,
    kind: string,
    draft: OpenDraft,
    language: string,
    private readonly watcher: Watcher,
  ) {
    this.#upload = new Upload(file, {
      endpoint: new URL(draft.uploads_url, location.href).href,
      headers: {
        Authorization: `Bearer ${draft.upload_token}`,
        "Accept-Language": language,
        "Idempotency-Key": crypto.randomUUID(), // an announcement whose answer got lost is made again, not another one
      },
      metadata: { kind }, // the file's name is told inside the story only
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      storeFingerprintForResuming: false, // it would leave name, size and address in the browser
      onShouldRetry: (error) => worthAnotherTry(statusOf(error)),
      onProgress: (sent) => this.#progressed(sent),
      onSuccess: () => this.#become("received"),
      onError: (error) => this.#failed(error),
    });
    this.#upload.start();
  }

  get evidenceId(): string | undefined {
    return this.#upload.url?.replace(/\/$/, "").split("/").at(-1);
  }

  /** Sends what the service lacks. */
  goOn(): void {
    if (this.state !== "broken") return;
    this.#become("sending");
    this.#upload.start();
  }

  /** Stops, and has the service forget what isn't whole yet. What it has whole is left out by not naming it. */
  async giveUp(): Promise<void> {
    const isWhole = this.state === "received";
    await this.#upload.abort(!isWhole && this.#upload.url !== null).catch(() => undefined); // it expires by itself
  }

  #progressed(sent: number): void {
    this.sent = sent;
    this.watcher.changed();
  }

  #failed(error: Error): void {
    const status = statusOf(error);
    this.refusal = titleIn(error);
    this.#become(status === 0 || worthAnotherTry(status) ? "broken" : "refused");
  }

  #become(state: UploadState): void {
    this.state = state;
    this.watcher.changed();
  }
}

const worthAnotherTry = (status: number): boolean =>
  status === 0 || status >= 500 || WORTH_ANOTHER_TRY.includes(status);

const statusOf = (error: Error): number =>
  error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? 0) : 0;

function titleIn(error: Error): string {
  try {
    const body = error instanceof DetailedError ? (error.originalResponse?.getBody() ?? "") : "";
    return String((JSON.parse(body) as { title?: unknown }).title ?? "");
  } catch {
    return "";
  }
}
