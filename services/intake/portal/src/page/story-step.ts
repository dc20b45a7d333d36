/** Step 4: the story, what sorts it, and the sending. */

import { wordsOf } from "wbs-contracts";
import type { Facts, StoryDraft } from "../core/filing.ts";
import { Problem, Unreachable } from "../core/public-api.ts";
import { button, fill, h, type Child } from "./dom.ts";
import { FactsFields } from "./facts-fields.ts";
import { areInOrder, area, Choice, Field } from "./fields.ts";
import { said, t } from "./language.ts";
import { Notice } from "./notice.ts";
import { shownCode } from "./receipt-step.ts";
import type { Report } from "./report.ts";
import { stepper } from "./stepper.ts";

const QUESTIONS = ["who", "when", "where", "how", "why", "how_much"] as const;

interface Missing {
  readonly lack: string;
  readonly text: string;
  readonly reasons?: readonly { readonly text: string }[];
}

export class StoryStep {
  readonly element: HTMLElement;
  readonly #notice = new Notice();
  readonly #form = h("form", { class: "form", novalidate: true, autocomplete: "off" });
  readonly #text = new Field(area({ maxlength: 50_000, rows: 10 }), () => t().story.text, {
    hint: () => t().story.textHint,
  });
  readonly #answers = QUESTIONS.map(
    (name) => [name, new Field(area({ maxlength: 1000, rows: 1, class: "short" }), () => said(wordsOf("Question", name)), { optional: true })] as const,
  );
  readonly #facts: FactsFields | undefined;
  readonly #originals = new Choice(
    "originals",
    () => t().story.originals,
    { yes: () => t().story.originalsYes, no: () => t().story.originalsNo },
    "yes",
  );

  constructor(private readonly report: Report) {
    this.#facts = report.filing.route === "inspektorat" ? new FactsFields() : undefined;
    this.#fillForm();
    this.element = h(
      "section",
      { class: "step" },
      stepper(4),
      h("h1", {}, () => t().story.title),
      this.#form,
      this.#notice.element,
    );
  }

  #fillForm(): void {
    const answers = this.#answers.map(([, field]) => field.element);
    const submit = h("button", { type: "submit", class: "button" }, () => t().story.submit);
    const back = button(() => t().back, () => this.#goTo("evidence"), "quiet");
    fill(
      this.#form,
      h("div", { class: "card" }, this.#text.element, h("details", {}, h("summary", {}, () => t().story.questions), ...answers)),
      this.#facts?.element,
      h("div", { class: "card" }, this.#originals.element),
      h("div", { class: "actions onward" }, submit, back),
    );
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  async #submit(): Promise<void> {
    if (!areInOrder([this.#text, ...(this.#facts?.fields ?? [])])) return;
    this.#setDisabled(true);
    this.#notice.say("busy", () => t().story.submitting);
    try {
      await this.#send(this.#story(), this.#facts?.value ?? null);
    } catch (error) {
      this.#tell(error);
    }
    this.#setDisabled(false);
  }

  async #send(story: StoryDraft, facts: Facts | null): Promise<void> {
    const waits = () => this.#notice.say("busy", () => t().story.waiting);
    this.report.finish(await this.report.filing.submit(story, facts, this.#originals.value === "yes", waits));
  }

  #story(): StoryDraft {
    const answered = this.#answers.filter(([, { value }]) => value).map(([name, { value }]) => [name, value] as const);
    return { text: this.#text.value, answers: Object.fromEntries(answered), evidence: this.report.evidence.notes };
  }

  #setDisabled(disabled: boolean): void {
    for (const each of this.#form.querySelectorAll("button")) each.disabled = disabled;
  }

  #tell(error: unknown): void {
    if (error instanceof Problem && error.kind === "incomplete") return this.#tellMissing(error);
    this.#notice.fail(error);
    // It may have been received all the same: then nothing but this code leads to it.
    if (error instanceof Unreachable || !(error instanceof Problem)) this.#notice.element.append(...this.#lastResort());
  }

  #lastResort(): Node[] {
    return [h("p", {}, () => t().story.uncertain), shownCode(this.report.filing.receipt.code())];
  }

  #tellMissing({ details }: Problem): void {
    const missing = (Array.isArray(details["errors"]) ? details["errors"] : []) as readonly Missing[];
    const items = missing.map(({ text, reasons }) =>
      h("li", {}, text, reasons?.length ? h("ul", {}, ...reasons.map((reason) => h("li", {}, reason.text))) : null),
    );
    this.#notice.say("error", h("p", {}, () => t().story.incomplete), h("ul", {}, ...items), ...this.#ways(missing));
  }

  #ways(missing: readonly Missing[]): Child[] {
    const lacks = (what: string) => missing.some(({ lack }) => lack.startsWith(what));
    return [
      lacks("identity") && button(() => t().story.toIdentity, () => this.#goTo("identity"), "quiet"),
      lacks("evidence") && button(() => t().story.toEvidence, () => this.#goTo("evidence"), "quiet"),
    ];
  }

  #goTo(step: "identity" | "evidence"): void {
    this.#notice.clear();
    this.report.frame.show(this.report[step].element);
  }
}
