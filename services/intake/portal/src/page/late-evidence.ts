/** Evidence that comes after the report: uploaded here, and filed by the message that goes with it. */

import type { OpenDraft } from "../core/filing.ts";
import type { LatePieces, Mailbox, OpenBatch } from "../core/mailbox.ts";
import { fill, h } from "./dom.ts";
import { filePicker } from "./evidence-step.ts";
import { t } from "./language.ts";
import { Notice } from "./notice.ts";
import { PieceCard, type Shelf } from "./piece-card.ts";

export class LateEvidence implements Shelf {
  readonly showsChecks = false;
  readonly element: HTMLElement;
  readonly #list = h("ul", { class: "plain-list pieces" });
  readonly #notice = new Notice();
  #cards: PieceCard[] = [];
  #batch: Promise<OpenBatch> | undefined;
  #opened: OpenBatch | undefined;

  constructor(
    private readonly mailbox: Mailbox,
    private readonly begun: () => void,
  ) {
    this.element = h(
      "details",
      {},
      h("summary", {}, () => t().late.title),
      h("p", { class: "hint" }, () => t().late.lead, " ", () => t().evidence.accepted),
      this.#list,
      filePicker((files) => this.#add(files)),
      this.#notice.element,
    );
    addEventListener("online", () => {
      for (const card of this.#cards) card.goOn();
    });
  }

  /** Nothing where no piece was chosen. */
  get pieces(): LatePieces | null {
    const notes = this.#cards.flatMap(({ note }) => note ?? []);
    return this.#opened && notes.length > 0 ? { batchId: this.#opened.batch_id, notes } : null;
  }

  /** Whether all that was chosen is here and uploaded; tells the reporter if it isn't. */
  isInOrder(): boolean {
    this.#notice.clear();
    if (this.#cards.some((card) => !card.hasBegun)) this.#notice.say("error", () => t().evidence.notUploaded);
    else if (this.#cards.some((card) => !card.isUploaded)) this.#notice.say("error", () => t().evidence.stillOnTheWay);
    else return true;
    return false;
  }

  /** They were filed: what comes next goes to another place. */
  forget(): void {
    this.#cards = [];
    [this.#batch, this.#opened] = [undefined, undefined];
    fill(this.#list);
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

  remove(card: PieceCard): void {
    this.#cards = this.#cards.filter((each) => each !== card);
    card.element.remove();
    this.#notice.clear();
  }

  #add(files: readonly File[]): void {
    for (const file of files) {
      const card = new PieceCard(file, this);
      this.#cards.push(card);
      this.#list.append(card.element);
    }
    this.begun();
  }
}
