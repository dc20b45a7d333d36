/** Step 1: whom the report concerns decides who can open it. Asked first, since it can't be changed later. */

import type { Route } from "wbs-contracts";
import { Filing } from "../core/filing.ts";
import { h } from "./dom.ts";
import type { Frame } from "./frame.ts";
import { t } from "./language.ts";
import { Report } from "./report.ts";
import { stepper } from "./stepper.ts";

export function askRoute(frame: Frame): void {
  const begin = async (route: Route): Promise<void> => {
    frame.isGuarded = true;
    new Report(frame, await Filing.begin(frame.api, frame.keys, route)).begin();
  };
  frame.showOnly(
    h(
      "section",
      { class: "step" },
      stepper(1),
      h("h1", {}, () => t().route.title),
      h("p", { class: "lead" }, () => t().route.question),
      h("ul", { class: "calm-list" }, h("li", {}, () => t().route.people[0] ?? ""), h("li", {}, () => t().route.people[1] ?? "")),
      h(
        "div",
        { class: "ways" },
        way(() => t().route.no, () => t().route.noHint, () => begin("inspektorat")),
        way(() => t().route.yes, () => t().route.yesHint, () => begin("kpk")),
      ),
      h("p", { class: "hint" }, () => t().route.fixed),
    ),
  );
}

function way(label: () => string, hint: () => string, choose: () => Promise<void>): HTMLButtonElement {
  const made = h("button", { type: "button", class: "way" }, h("strong", {}, label), h("span", {}, hint));
  made.addEventListener("click", () => {
    made.disabled = true; // a second tap would begin a second report
    void choose();
  });
  return made;
}
