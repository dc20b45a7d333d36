/** What the Inspektorat sorts reports by: choices, never free text. */

import { AREAS, OFFICES, wordsOf, type Words } from "wbs-contracts";
import type { Facts } from "../core/filing.ts";
import { monthOf } from "../core/hours.ts";
import { h } from "./dom.ts";
import { choice, Field, input, wordsOfSet } from "./fields.ts";
import { language, said, t } from "./language.ts";

const MONTH = /^20\d\d-(0[1-9]|1[0-2])$/;

export class FactsFields {
  readonly #category = new Field(choice(wordsOfSet("Category")), () => t().story.category);
  readonly #area = new Field(choice(AREAS), () => t().story.area);
  readonly #skpd = new Field(choice(OFFICES), () => t().story.skpd);
  readonly #loss = new Field(choice(wordsOfSet("LossBand")), () => t().story.loss);
  readonly #from = month(() => t().story.from, () => undefined);
  readonly #to = month(() => t().story.to, (value) => (value < this.#from.value ? t().story.periodFault : undefined));
  readonly fields: readonly Field[] = [this.#category, this.#area, this.#skpd, this.#loss, this.#from, this.#to];
  readonly element = h(
    "fieldset",
    { class: "card facts-fields" },
    h("legend", {}, () => t().story.facts),
    h("p", { class: "hint" }, () => t().story.factsHint),
    h("div", { class: "pair" }, ...this.fields.map(({ element }) => element)),
  );

  get value(): Facts {
    return {
      category: this.#category.value,
      area: this.#area.value,
      skpd: this.#skpd.value,
      period_from: this.#from.value,
      period_to: this.#to.value,
      loss: this.#loss.value,
    };
  }

  /** What was chosen, in words. */
  summary(): HTMLElement {
    const { category, area, skpd, period_from, period_to, loss } = this.value;
    const months = () => [...new Set([period_from, period_to])].map((month) => monthOf(month, language())).join(" – ");
    return h(
      "dl",
      { class: "facts" },
      ...fact(() => t().story.category, () => said(wordsOf("Category", category))),
      ...fact(() => t().story.area, () => named(AREAS, area)),
      ...fact(() => t().story.skpd, () => named(OFFICES, skpd)),
      ...fact(() => t().story.period, months),
      ...fact(() => t().story.loss, () => said(wordsOf("LossBand", loss))),
    );
  }
}

const named = (table: Readonly<Record<string, Words>>, code: string): string => said(table[code] ?? { id: code, en: code });

const fact = (term: () => string, told: () => string): HTMLElement[] => [h("dt", {}, term), h("dd", {}, told)];

/** Where a browser knows no month, it is typed: the check holds for both. */
function month(label: () => string, check: (value: string) => string | undefined): Field {
  return new Field(input({ type: "month", min: "2000-01", max: "2099-12" }), label, {
    hint: () => t().story.monthHint,
    check: (value) => (MONTH.test(value) ? check(value) : t().story.monthFault),
  });
}
