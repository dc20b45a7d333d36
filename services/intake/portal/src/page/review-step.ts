/** Step 5: what will be sent, in short, each part with a way back to it; and the sending. */

import { wordsOf } from "wbs-contracts";
import { Problem, Unreachable } from "../core/public-api.ts";
import { button, fill, h, live, type Child } from "./dom.ts";
import { said, t } from "./language.ts";
import { Notice } from "./notice.ts";
import { shownCode } from "./receipt-step.ts";
import type { Report } from "./report.ts";
import { stepper } from "./stepper.ts";

const FIRST_WORDS = 240;

interface Missing {
  readonly lack: string;
  readonly text: string;
  readonly reasons?: readonly { readonly text: string }[];
}

export class ReviewStep {
  readonly element: HTMLElement;
  readonly #parts = h("div", { class: "card review" });
  readonly #identity = h("p", {});
  readonly #notice = new Notice();
  readonly #actions: HTMLElement;

  constructor(private readonly report: Report) {
    const send = button(() => t().review.send, () => this.#submit());
    this.#actions = h("div", { class: "actions onward" }, send, report.frame.backTo(report.story.element));
    report.watch.add({ isSettled: () => true, show: () => this.#tellIdentity() });
    this.element = h(
      "section",
      { class: "step" },
      stepper(5),
      h("h1", {}, () => t().review.title),
      h("p", { class: "lead" }, () => t().review.lead),
      this.#parts,
      this.#notice.element,
      this.#actions,
    );
  }

  show(): void {
    this.#notice.clear();
    this.#tellIdentity();
    const { question, identity, evidence, story } = this.report;
    const who = () => (this.report.filing.route === "kpk" ? t().route.yesHint : t().route.noHint);
    const originals = () => story.originals?.label ?? t().story.originalsAlways;
    fill(
      this.#parts,
      this.#part(() => t().review.reader, question, h("p", {}, who)),
      this.#part(() => t().steps[1] ?? "", identity.element, this.#identity),
      this.#part(() => t().review.evidence(evidence.notes.length), evidence.element, this.#pieces()),
      this.#part(() => t().story.text, story.element, h("p", { class: "prose", dir: "auto" }, this.#firstWords())),
      story.facts && this.#part(() => t().story.facts, story.element, story.facts.summary()),
      this.#part(() => t().review.originals, story.element, h("p", {}, originals)),
    );
    this.report.frame.show(this.element);
  }

  #part(title: () => string, where: HTMLElement, content: HTMLElement): HTMLElement {
    const change = button(() => t().review.change, () => this.report.frame.show(where), "quiet");
    live(change, () => change.setAttribute("aria-label", `${t().review.change}: ${title()}`));
    return h("section", {}, h("div", { class: "heading-row" }, h("h2", {}, title), change), content);
  }

  #tellIdentity(): void {
    fill(this.#identity, () => this.report.identity.standing());
  }

  #pieces(): HTMLElement {
    const named = this.report.evidence.notes.map(({ name, kind }) =>
      h("li", {}, h("bdi", {}, name), " · ", () => said(wordsOf("EvidenceKind", kind))),
    );
    return h("ul", { class: "calm-list" }, ...named);
  }

  #firstWords(): string {
    const { text } = this.report.story.draft;
    return text.length > FIRST_WORDS ? `${text.slice(0, FIRST_WORDS)} …` : text;
  }

  async #submit(): Promise<void> {
    const { filing, story } = this.report;
    const waits = () => this.#notice.say("busy", () => t().review.waiting);
    this.#setDisabled(true);
    this.#notice.say("busy", () => t().review.sending);
    try {
      const givesOriginals = story.originals?.value !== "no";
      this.report.finish(await filing.submit(story.draft, story.facts?.value ?? null, givesOriginals, waits));
    } catch (error) {
      this.#tell(error);
    }
    this.#setDisabled(false);
  }

  #setDisabled(disabled: boolean): void {
    for (const each of this.element.querySelectorAll("button")) each.disabled = disabled;
  }

  #tell(error: unknown): void {
    if (error instanceof Problem && error.kind === "incomplete") return this.#tellMissing(error);
    this.#notice.fail(error);
    // It may have been received all the same: then nothing but this code leads to it.
    if (error instanceof Unreachable || !(error instanceof Problem)) this.#notice.element.append(...this.#lastResort());
  }

  #lastResort(): Node[] {
    return [h("p", {}, () => t().review.uncertain), shownCode(this.report.filing.receipt.code())];
  }

  #tellMissing({ details }: Problem): void {
    const missing = (Array.isArray(details["errors"]) ? details["errors"] : []) as readonly Missing[];
    const items = missing.map(({ text, reasons }) =>
      h("li", {}, text, reasons?.length ? h("ul", {}, ...reasons.map((reason) => h("li", {}, reason.text))) : null),
    );
    this.#notice.say("error", h("p", {}, () => t().review.incomplete), h("ul", {}, ...items), ...this.#ways(missing));
  }

  #ways(missing: readonly Missing[]): Child[] {
    const { frame, identity, evidence } = this.report;
    const lacks = (what: string) => missing.some(({ lack }) => lack.startsWith(what));
    return [
      lacks("identity") && button(() => t().review.toIdentity, () => frame.show(identity.element), "quiet"),
      lacks("evidence") && button(() => t().review.toEvidence, () => frame.show(evidence.element), "quiet"),
    ];
  }
}
