/** Fields of forms: labelled, hinted, checked when sent, each fault told beside its field. */

import { termsOf, wordsOf, type Vocabulary, type Words } from "wbs-contracts";
import { fill, h, type Attributes } from "./dom.ts";
import { said, t } from "./language.ts";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
type Fault = string | undefined;

let numbered = 0;

export interface Options {
  readonly hint?: () => string;
  readonly optional?: boolean;
  /** Says what is wrong with a value, which isn't empty. */
  readonly check?: (value: string) => Fault;
}

export class Field<C extends Control = Control> {
  readonly element: HTMLElement;
  readonly #fault = h("p", { class: "fault", hidden: true });

  constructor(
    readonly control: C,
    label: () => string,
    private readonly options: Options = {},
  ) {
    control.id = `field-${++numbered}`;
    this.#fault.id = `${control.id}-fault`;
    const hint = options.hint && h("p", { class: "hint", id: `${control.id}-hint` }, options.hint);
    control.setAttribute("aria-describedby", [hint?.id, this.#fault.id].filter(Boolean).join(" "));
    if (!options.optional) control.setAttribute("aria-required", "true");
    const optional = options.optional && h("span", { class: "optional" }, () => ` ${t().optional}`);
    const named = h("label", { for: control.id }, label, optional);
    this.element = h("div", { class: "field" }, named, hint, control, this.#fault);
    control.addEventListener("input", () => this.#show(undefined));
  }

  get value(): string {
    return this.control.value.trim();
  }

  /** Says whether the field is in order, and tells the reader if it isn't. */
  isInOrder(): boolean {
    const found = () => (this.value === "" ? (this.options.optional ? undefined : t().needed) : this.options.check?.(this.value));
    this.#show(found() === undefined ? undefined : () => found() ?? "");
    return found() === undefined;
  }

  #show(fault: (() => string) | undefined): void {
    this.#fault.hidden = fault === undefined;
    fill(this.#fault, fault);
    if (fault) this.control.setAttribute("aria-invalid", "true");
    else this.control.removeAttribute("aria-invalid");
  }
}

/** Checks all fields and moves to the first that isn't in order. */
export function areInOrder(fields: readonly Field[]): boolean {
  const wrong = fields.filter((field) => !field.isInOrder());
  wrong[0]?.control.focus();
  return wrong.length === 0;
}

/** Never remembered by the browser: what is typed here is nobody else's business. */
export const input = (attributes: Attributes = {}): HTMLInputElement =>
  h("input", { type: "text", autocomplete: "off", spellcheck: "false", ...attributes });

export const area = (attributes: Attributes = {}): HTMLTextAreaElement => h("textarea", { autocomplete: "off", dir: "auto", ...attributes });

export function choice(options: Readonly<Record<string, Words>>): HTMLSelectElement {
  const made = Object.entries(options).map(([value, words]) => h("option", { value }, () => said(words)));
  return h("select", { autocomplete: "off" }, h("option", { value: "" }, () => t().choose), ...made);
}

export const wordsOfSet = (set: Vocabulary): Readonly<Record<string, Words>> =>
  Object.fromEntries(termsOf(set).map((term) => [term, wordsOf(set, term)]));

/** Radio buttons in a box of their own; gives the chosen value. */
export class Choice {
  readonly element: HTMLFieldSetElement;

  constructor(name: string, legend: () => string, options: Readonly<Record<string, () => string>>, chosen: string) {
    const radios = Object.entries(options).map(([value, label]) =>
      h("label", { class: "option" }, h("input", { type: "radio", name, value, checked: value === chosen }), h("span", {}, label)),
    );
    this.element = h("fieldset", { class: "options" }, h("legend", {}, legend), ...radios);
  }

  get value(): string {
    return this.element.querySelector<HTMLInputElement>("input:checked")?.value ?? "";
  }
}
