/** Step 3: the pieces of evidence, each sealed by the service as it streams in, checked, and mended if refused. */

import type { EvidenceNote } from "wbs-contracts";
import type { DraftState, OpenDraft } from "../core/filing.ts";
import { button, fill, h } from "./dom.ts";
import type { Report } from "./report.ts";
import { t } from "./language.ts";
import { Notice } from "./notice.ts";
import { PieceCard, type Shelf } from "./piece-card.ts";
import { stepper } from "./stepper.ts";

const ENOUGH = 3;
const ACCEPTED = "image/*,video/*,audio/*,application/pdf,.docx,.xlsx,.pdf,.m4a,.ogg,.mp3";

/** A button that lets files be chosen, and again. */
export function filePicker(picked: (files: readonly File[]) => void): HTMLElement {
  const files = h("input", { type: "file", multiple: true, accept: ACCEPTED, class: "file-input" });
  files.addEventListener("change", () => {
    picked([...(files.files ?? [])]);
    files.value = "";
  });
  return h("label", { class: "picker" }, h("span", { class: "button" }, () => t().evidence.pick), files);
}

export class EvidenceStep implements Shelf {
  readonly showsChecks = true;
  readonly element: HTMLElement;
  readonly #list = h("ul", { class: "plain-list pieces" });
  readonly #count = h("p", { class: "count" });
  readonly #notice = new Notice();
  #cards: PieceCard[] = [];

  constructor(private readonly report: Report) {
    this.element = this.#screen();
    this.#recount();
    report.watch.add(this);
    addEventListener("online", () => {
      for (const card of this.#cards) card.goOn();
    });
  }

  /** What the story says of the pieces. */
  get notes(): readonly EvidenceNote[] {
    return this.#cards.flatMap(({ note, isUploaded }) => (note && isUploaded ? [note] : []));
  }

  isSettled(): boolean {
    return this.#cards.every((card) => card.isChecked);
  }

  show({ evidence }: DraftState): void {
    for (const card of this.#cards) card.take(evidence);
    this.#recount();
  }

  openDraft(): Promise<OpenDraft> {
    return this.report.filing.open();
  }

  changed(): void {
    this.#recount();
    if (this.#cards.some((card) => card.isUploaded)) this.report.watch.look();
  }

  remove(card: PieceCard): void {
    this.#cards = this.#cards.filter((each) => each !== card);
    card.element.remove();
    this.#recount();
  }

  #screen(): HTMLElement {
    const back = button(() => t().back, () => this.report.frame.show(this.report.identity.element), "quiet");
    return h(
      "section",
      { class: "step" },
      stepper(3),
      h("h1", {}, () => t().evidence.title),
      h("p", { class: "lead" }, () => t().evidence.lead),
      h("p", { class: "hint" }, () => t().evidence.accepted),
      this.#list,
      filePicker((files) => this.#add(files)),
      this.#count,
      this.#notice.element,
      h("div", { class: "actions onward" }, button(() => t().next, () => this.#goOn()), back),
    );
  }

  #add(files: readonly File[]): void {
    for (const file of files) {
      const card = new PieceCard(file, this);
      this.#cards.push(card);
      this.#list.append(card.element);
    }
    this.#recount();
  }

  #good(): number {
    return this.#cards.filter((card) => card.isGood).length;
  }

  #recount(): void {
    fill(this.#count, () => t().evidence.count(this.#good(), ENOUGH));
    this.#notice.clear();
  }

  /** The service says in the end what is enough; here only what would surely be refused is told. */
  #goOn(): void {
    const wrong = this.#whatIsMissing();
    if (wrong) this.#notice.say("error", wrong);
    else this.report.frame.show(this.report.story.element);
  }

  #whatIsMissing(): (() => string) | undefined {
    if (this.#cards.some((card) => !card.hasBegun)) return () => t().evidence.notUploaded;
    if (this.#cards.some((card) => !card.isUploaded)) return () => t().evidence.stillOnTheWay;
    const possible = this.#cards.filter((card) => card.isGood || !card.isChecked).length;
    return possible < ENOUGH ? () => t().evidence.tooFew : undefined;
  }
}
