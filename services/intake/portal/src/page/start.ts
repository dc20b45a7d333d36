/** The first screen: what this is, how it protects, and the fingerprint to compare with the poster. */

import { readable } from "wbs-contracts";
import { button, h } from "./dom.ts";
import { followScreen } from "./follow.ts";
import type { Frame } from "./frame.ts";
import { t } from "./language.ts";
import { Notice } from "./notice.ts";
import { routeQuestion } from "./route-question.ts";

export function startScreen(frame: Frame): HTMLElement {
  let [question, followed]: (HTMLElement | undefined)[] = [];
  const file = button(() => t().start.file, () => frame.show((question ??= routeQuestion(frame, screen))));
  const follow = button(() => t().start.follow, () => frame.show((followed ??= followScreen(frame, screen))), "quiet");
  const keys = keysCard(frame, [file, follow]);
  const screen = h(
    "section",
    { class: "start" },
    h("h1", {}, () => t().start.title),
    h("p", { class: "lead" }, () => t().start.lead),
    h("div", { class: "actions big" }, file, follow),
    h("div", { class: "grid" }, list(() => t().start.needTitle, 4, (at) => t().start.need[at]), keys),
    list(() => t().start.protectTitle, 4, (at) => t().start.protect[at]),
    list(() => t().start.limitsTitle, 4, (at) => t().start.limits[at]),
  );
  return screen;
}

function list(title: () => string, length: number, item: (at: number) => string | undefined): HTMLElement {
  const items = Array.from({ length }, (_, at) => h("li", {}, () => item(at) ?? ""));
  return h("section", { class: "card" }, h("h2", {}, title), h("ul", { class: "calm-list" }, ...items));
}

/** The keys are checked before anything can begin: nobody types a word that can't be sealed. */
function keysCard(frame: Frame, ways: readonly HTMLButtonElement[]): HTMLElement {
  const notice = new Notice();
  void check(frame, notice, ways);
  return h(
    "section",
    { class: "card keys" },
    h("h2", {}, () => t().start.keysTitle),
    h("p", { class: "code fingerprint" }, readable(frame.fingerprint)),
    h("p", { class: "hint" }, () => t().start.keysHint),
    notice.element,
  );
}

async function check(frame: Frame, notice: Notice, ways: readonly HTMLButtonElement[]): Promise<void> {
  for (const way of ways) way.disabled = true;
  if (!isSecureContext) return notice.say("error", () => t().insecure);
  notice.say("busy", () => t().start.keysBusy);
  try {
    await frame.keys.fetch();
  } catch (error) {
    return notice.fail(error);
  }
  notice.say("success", () => t().start.keysGood);
  for (const way of ways) way.disabled = false;
}
