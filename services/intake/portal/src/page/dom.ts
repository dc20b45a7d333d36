/** Elements made by hand: text is only ever text, hides nothing, and speaks another language when the reader chooses one. */

import { visible } from "../core/foreign-text.ts";

type Said = string | (() => string);
export type Child = Node | Said | null | undefined | false;

export interface Attributes {
  readonly [name: string]: Said | number | boolean | undefined;
}

const renderings = new WeakMap<Node, (() => void)[]>();

/** Renders now, and again whenever the language changes, as long as `node` is on the page. */
export function live(node: Node, render: () => void): void {
  const known = renderings.get(node);
  if (known) known.push(render);
  else renderings.set(node, [render]);
  render();
}

/** Says everything below `root` anew. */
export function retranslate(root: Node): void {
  const nodes = document.createTreeWalker(root);
  for (let node: Node | null = root; node; node = nodes.nextNode()) for (const render of renderings.get(node) ?? []) render();
}

/** An HTML element. A function in place of a text is asked again when the language changes. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.filter(isShown).map(asNode));
  return element;
}

function setAttribute(element: HTMLElement, name: string, value: Attributes[string]): void {
  if (typeof value === "function") live(element, () => element.setAttribute(name, value()));
  else if (value === true) element.setAttribute(name, "");
  else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
}

const isShown = (child: Child): child is Node | Said => child !== null && child !== undefined && child !== false;

function asNode(child: Node | Said): Node {
  if (child instanceof Node) return child;
  const text = document.createTextNode("");
  if (typeof child === "string") text.data = visible(child);
  else live(text, () => (text.data = visible(child())));
  return text;
}

/** Puts `children` in place of what is in `element`. */
export function fill(element: HTMLElement, ...children: readonly Child[]): void {
  element.replaceChildren(...children.filter(isShown).map(asNode));
}

export function button(label: Said, act: () => unknown, kind: "" | "quiet" = ""): HTMLButtonElement {
  const made = h("button", { type: "button", class: kind === "quiet" ? "button button-quiet" : "button" }, label);
  made.addEventListener("click", () => void act());
  return made;
}

/** Moves the reader, and a screen reader, to an element. */
export function goTo(element: HTMLElement): void {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "start" });
}
