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

  focus(): void {
    this.control.focus();
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

export interface Asked {
  isInOrder(): boolean;
  focus(): void;
}

/** Checks all fields and moves to the first that isn't in order. */
export function areInOrder(fields: readonly Asked[]): boolean {
  const wrong = fields.filter((field) => !field.isInOrder());
  wrong[0]?.focus();
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

/** Radio buttons in a box of their own, each explained in a line, none of them chosen before the reader does. */
export class Choice<Value extends string> {
  readonly element: HTMLFieldSetElement;
  readonly #fault = h("p", { class: "fault", hidden: true });

  /** `fault` says which question is still open. */
  constructor(
    name: string,
    legend: () => string,
    private readonly options: Readonly<Record<Value, { label: () => string; hint: () => string }>>,
    fault: () => string,
  ) {
    const radios = (Object.keys(options) as Value[]).map((value) =>
      h(
        "label",
        { class: "option" },
        h("input", { type: "radio", name, value }),
        h("span", {}, h("strong", {}, options[value].label), h("span", { class: "hint" }, options[value].hint)),
      ),
    );
    this.#fault.id = `${name}-fault`;
    fill(this.#fault, fault);
    const described = { class: "options", "aria-describedby": this.#fault.id };
    this.element = h("fieldset", described, h("legend", {}, legend), ...radios, this.#fault);
    this.element.addEventListener("change", () => (this.#fault.hidden = true));
  }

  /** Undefined as long as none is chosen. */
  get value(): Value | undefined {
    return this.element.querySelector<HTMLInputElement>("input:checked")?.value as Value | undefined;
  }

  get label(): string {
    return this.value === undefined ? "" : this.options[this.value].label();
  }

  isInOrder(): boolean {
    this.#fault.hidden = this.value !== undefined;
    return this.value !== undefined;
  }

  focus(): void {
    this.element.querySelector("input")?.focus();
  }
}
