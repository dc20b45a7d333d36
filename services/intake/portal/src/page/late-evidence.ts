/** Evidence that comes after the report: uploaded here, and filed by the message that goes with it. */

import type { OpenDraft } from "../core/filing.ts";
import type { LatePieces, Mailbox, OpenBatch } from "../core/mailbox.ts";
import { h } from "./dom.ts";
import { t } from "./language.ts";
import { Notice } from "./notice.ts";
import { Pieces, type Shelf } from "./pieces.ts";

export class LateEvidence implements Shelf {
  readonly showsChecks = false;
  readonly element: HTMLElement;
  readonly #pieces = new Pieces(this);
  readonly #notice = new Notice();
  #batch: Promise<OpenBatch> | undefined;
  #opened: OpenBatch | undefined;

  constructor(private readonly mailbox: Mailbox) {
    this.element = h(
      "details",
      {},
      h("summary", {}, () => t().late.title),
      h("p", { class: "hint" }, () => t().late.lead, " ", () => t().evidence.accepted),
      this.#pieces.element,
      this.#notice.element,
    );
  }

  get isEmpty(): boolean {
    return this.#pieces.cards.length === 0;
  }

  /** Nothing where no piece was chosen. */
  get pieces(): LatePieces | null {
    const { notes } = this.#pieces;
    return this.#opened && notes.length > 0 ? { batchId: this.#opened.batch_id, notes } : null;
  }

  /** Whether all that was chosen is here and uploaded; tells the reporter if it isn't. */
  isInOrder(): boolean {
    const { fault } = this.#pieces;
    if (fault) this.#notice.say("error", fault);
    else this.#notice.clear();
    return fault === undefined;
  }

  /** They were filed: what comes next goes to another place. */
  forget(): void {
    [this.#batch, this.#opened] = [undefined, undefined];
    this.#pieces.forget();
  }

  async openDraft(): Promise<OpenDraft> {
    this.#batch ??= this.mailbox.openBatch();
    try {
      this.#opened = await this.#batch;
    } catch (error) {
      this.#batch = undefined;
      throw error;
    }
    return this.#opened;
  }

  changed(): void {
    this.#notice.clear();
  }
}
