/** Step 3: the pieces of evidence, each sealed by the service as it streams in, checked, and mended if refused. */

import type { EvidenceNote } from "wbs-contracts";
import type { DraftState, OpenDraft } from "../core/filing.ts";
import { button, fill, h } from "./dom.ts";
import type { Report } from "./report.ts";
import { t } from "./language.ts";
import { Notice } from "./notice.ts";
import { Pieces, type Shelf } from "./pieces.ts";
import { stepper } from "./stepper.ts";

const ENOUGH = 3;

export class EvidenceStep implements Shelf {
  readonly showsChecks = true;
  readonly element: HTMLElement;
  readonly #pieces = new Pieces(this);
  readonly #count = h("p", { class: "count" });
  readonly #notice = new Notice();

  constructor(private readonly report: Report) {
    this.element = this.#screen();
    this.#recount();
    report.watch.add(this);
  }

  /** What the story says of the pieces. */
  get notes(): readonly EvidenceNote[] {
    return this.#pieces.notes;
  }

  isSettled(): boolean {
    return this.#pieces.cards.every((card) => card.isChecked);
  }

  show({ evidence }: DraftState): void {
    this.#pieces.take(evidence);
    this.#recount();
  }

  openDraft(): Promise<OpenDraft> {
    return this.report.filing.open();
  }

  changed(): void {
    this.#recount();
    if (this.#pieces.cards.some((card) => card.isUploaded)) this.report.watch.look();
  }

  #screen(): HTMLElement {
    const next = button(() => t().next, () => this.#goOn());
    return h(
      "section",
      { class: "step" },
      stepper(3),
      h("h1", {}, () => t().evidence.title),
      h("p", { class: "lead" }, () => t().evidence.lead),
      h("p", { class: "hint" }, () => t().evidence.accepted),
      this.#pieces.element,
      this.#count,
      this.#notice.element,
      h("div", { class: "actions onward" }, next, this.report.frame.backTo(this.report.identity.element)),
    );
  }

  #good(): number {
    return this.#pieces.cards.filter((card) => card.isGood).length;
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
    if (this.#pieces.fault) return this.#pieces.fault;
    const possible = this.#pieces.cards.filter((card) => card.isGood || !card.isChecked).length;
    return possible < ENOUGH ? () => t().evidence.tooFew : undefined;
  }
}
