/** What proves that the report isn't lost, each said with what was checked. */

import { wordsOf } from "wbs-contracts";
import { inWib } from "../core/hours.ts";
import type { Status } from "../core/mailbox.ts";
import type { Proofs } from "../core/proofs.ts";
import { h } from "./dom.ts";
import { language, said, t } from "./language.ts";

type Line = readonly [kind: "good" | "wait" | "bad", text: () => string];

export function proofsCard({ proofs, kpk, reportId }: Status): HTMLElement {
  const lines: Line[] = [promised(proofs), logged(proofs)];
  if (proofs.storyAtKpk) lines.push(["good", () => t().proofs.storyAtKpk]);
  if (kpk?.is_complete && proofs.receipts.length > 0) lines.push(["good", () => t().proofs.complete]);
  if (proofs.refused > 0) lines.push(["bad", () => t().proofs.refused(proofs.refused)]);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, () => t().proofs.title),
    h("ul", { class: "ticks" }, ...lines.map(([kind, text]) => h("li", { class: kind }, text))),
    receipts(proofs),
    h("p", { class: "hint" }, () => `${t().receipt.number}: `, h("span", { class: "code" }, reportId)),
    h("p", { class: "hint" }, () => t().proofs.local),
  );
}

function promised({ leaf }: Proofs): Line {
  if (!leaf) return ["bad", () => t().proofs.noPromise];
  return ["good", () => `${t().proofs.promise} ${inWib(leaf.hour, language())}.`];
}

function logged({ log }: Proofs): Line {
  if (log === "not-yet") return ["wait", () => t().proofs.notYet];
  if (log === "broken") return ["bad", () => t().proofs.broken];
  return ["good", () => t().proofs.inLog(log.size)];
}

function receipts({ receipts }: Proofs): HTMLElement | null {
  if (receipts.length === 0) return null;
  const items = receipts.map(({ kind, hour }) =>
    h("li", {}, () => `${t().proofs.receipt}: ${said(wordsOf("ParcelKind", kind))}, ${inWib(hour, language())}`),
  );
  return h("ul", { class: "calm-list" }, ...items);
}
