/** Step 1: whom the report concerns decides who can open it. Asked first, since it can't be changed later. */

import type { Route } from "wbs-contracts";
import { Filing } from "../core/filing.ts";
import { h } from "./dom.ts";
import type { Frame } from "./frame.ts";
import { t } from "./language.ts";
import { Report } from "./report.ts";
import { stepper } from "./stepper.ts";

export function routeQuestion(frame: Frame, start: HTMLElement): HTMLElement {
  const begun = new Map<Route, Promise<Report>>(); // who comes back to a way finds the report begun there
  const choose = async (route: Route): Promise<void> => {
    const report = begun.get(route) ?? Filing.begin(frame.api, frame.keys, route).then((filing) => new Report(frame, filing, screen));
    begun.set(route, report);
    (await report).show();
  };
  const screen = h(
    "section",
    { class: "step" },
    stepper(1),
    h("h1", {}, () => t().route.title),
    h("p", { class: "lead" }, () => t().route.question),
    h("ul", { class: "calm-list" }, h("li", {}, () => t().route.people[0] ?? ""), h("li", {}, () => t().route.people[1] ?? "")),
    h(
      "div",
      { class: "ways" },
      way(() => t().route.no, () => t().route.noHint, () => choose("inspektorat")),
      way(() => t().route.yes, () => t().route.yesHint, () => choose("kpk")),
    ),
    h("p", { class: "hint" }, () => t().route.fixed),
    h("div", { class: "actions onward" }, frame.backTo(start)),
  );
  return screen;
}

function way(label: () => string, hint: () => string, choose: () => Promise<void>): HTMLButtonElement {
  const made = h("button", { type: "button", class: "way" }, h("strong", {}, label), h("span", {}, hint));
  made.addEventListener("click", () => void choose());
  return made;
}
