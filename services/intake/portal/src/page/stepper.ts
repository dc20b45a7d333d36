/** Where the reporter stands in the six steps. */

import { h } from "./dom.ts";
import { t } from "./language.ts";

const STEPS = 6;

export function stepper(current: number): HTMLElement {
  const items = Array.from({ length: STEPS }, (_, at) => {
    const state = at + 1 < current ? "done" : at + 1 === current ? "now" : "ahead";
    const mark = at + 1 === current ? { "aria-current": "step" } : {};
    return h("li", { class: state, ...mark }, h("span", {}, () => t().steps[at] ?? ""));
  });
  const told = h("p", { class: "step-of" }, () => t().stepOf(current, STEPS));
  return h("div", { class: "stepper" }, told, h("ol", {}, ...items));
}
