/** Step 4: the story, what sorts it, and what of the evidence KPK may get. */

import { wordsOf } from "wbs-contracts";
import type { StoryDraft } from "../core/filing.ts";
import { fill, h } from "./dom.ts";
import { FactsFields } from "./facts-fields.ts";
import { areInOrder, area, Choice, Field } from "./fields.ts";
import { said, t } from "./language.ts";
import type { Report } from "./report.ts";
import { stepper } from "./stepper.ts";

const QUESTIONS = ["who", "when", "where", "how", "why", "how_much"] as const;

export class StoryStep {
  readonly element: HTMLElement;
  /** None in route `kpk`: there is nothing to sort, and KPK gets originals always. */
  readonly facts: FactsFields | undefined;
  readonly originals: Choice<"yes" | "no"> | undefined;
  readonly #form = h("form", { class: "form", novalidate: true, autocomplete: "off" });
  readonly #text = new Field(area({ maxlength: 50_000, rows: 10 }), () => t().story.text, {
    hint: () => t().story.textHint,
  });
  readonly #answers = QUESTIONS.map(
    (name) => [name, new Field(area({ maxlength: 1000, rows: 1, class: "short" }), () => said(wordsOf("Question", name)), { optional: true })] as const,
  );

  constructor(private readonly report: Report) {
    if (report.filing.route === "inspektorat") [this.facts, this.originals] = [new FactsFields(), originalsChoice()];
    this.#fillForm();
    this.element = h("section", { class: "step" }, stepper(4), h("h1", {}, () => t().story.title), this.#form);
  }

  get draft(): StoryDraft {
    const answered = this.#answers.filter(([, { value }]) => value).map(([name, { value }]) => [name, value] as const);
    return { text: this.#text.value, answers: Object.fromEntries(answered), evidence: this.report.evidence.notes };
  }

  #fillForm(): void {
    const answers = this.#answers.map(([, field]) => field.element);
    const next = h("button", { type: "submit", class: "button" }, () => t().next);
    const originals = this.originals?.element ?? h("p", { class: "hint" }, () => t().story.originalsAlways);
    fill(
      this.#form,
      h("div", { class: "card" }, this.#text.element, h("details", {}, h("summary", {}, () => t().story.questions), ...answers)),
      this.facts?.element,
      h("div", { class: "card" }, originals),
      h("div", { class: "actions onward" }, next, this.report.frame.backTo(this.report.evidence.element)),
    );
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const asked = [this.#text, ...(this.facts?.fields ?? []), ...(this.originals ? [this.originals] : [])];
      if (areInOrder(asked)) this.report.review.show();
    });
  }
}

function originalsChoice(): Choice<"yes" | "no"> {
  return new Choice(
    "originals",
    () => t().story.originals,
    {
      yes: { label: () => t().story.originalsYes, hint: () => t().story.originalsYesHint },
      no: { label: () => t().story.originalsNo, hint: () => t().story.originalsNoHint },
    },
    () => t().story.originalsOpen,
  );
}
