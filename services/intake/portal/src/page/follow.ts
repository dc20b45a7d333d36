/** Following a report: the code is asked for, and everything it opens is opened and checked on the device. */

import { BadReceiptCode, Receipt, wordsOf } from "wbs-contracts";
import { inWib } from "../core/hours.ts";
import { Mailbox, type LatePiece, type Status, type TimelineEntry } from "../core/mailbox.ts";
import { Conversation } from "./conversation.ts";
import { button, fill, h } from "./dom.ts";
import { Field, input } from "./fields.ts";
import type { Frame } from "./frame.ts";
import { language, said, t } from "./language.ts";
import { MendIdentity } from "./mend-identity.ts";
import { doing, Notice } from "./notice.ts";
import { proofsCard } from "./proofs-card.ts";
import { Withdrawal } from "./withdrawal.ts";

export function followScreen(frame: Frame, start: HTMLElement): HTMLElement {
  const code = new Field(input({ autocapitalize: "characters", maxlength: 40, class: "code" }), () => t().follow.code, {
    hint: () => t().follow.codeHint,
    check: (value) => (receiptIn(value) ? undefined : t().follow.codeFault),
  });
  const actions = h("div", { class: "actions" }, h("button", { type: "submit", class: "button" }, () => t().follow.open));
  const form = h("form", { class: "card form narrow", novalidate: true, autocomplete: "off" }, code.element, actions);
  const notice = new Notice();
  const opened = new Map<string, MailboxScreen>(); // who comes back to a report finds what was typed there
  const open = async (receipt: Receipt): Promise<void> => {
    const mailbox = opened.get(receipt.code()) ?? new MailboxScreen(frame, new Mailbox(frame.api, frame.keys, receipt), screen);
    opened.set(receipt.code(), mailbox);
    if (!(await doing(notice, form, () => t().follow.busy, () => mailbox.read()))) return;
    notice.clear();
    frame.show(mailbox.element);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const receipt = code.isInOrder() ? receiptIn(code.value) : undefined;
    if (receipt) void open(receipt);
    else code.control.focus();
  });
  const back = h("div", { class: "actions onward" }, frame.backTo(start));
  const screen = h("section", { class: "step" }, h("h1", {}, () => t().follow.title), form, notice.element, back);
  return screen;
}

function receiptIn(typed: string): Receipt | undefined {
  try {
    return Receipt.parse(typed);
  } catch (error) {
    if (error instanceof BadReceiptCode) return undefined;
    throw error;
  }
}

export class MailboxScreen {
  readonly element: HTMLElement;
  readonly #notice = new Notice();
  readonly #standing = h("div", {});
  readonly #late = h("div", {});
  readonly #journey = h("div", {});
  readonly #conversation: Conversation;
  readonly #mending: MendIdentity;
  readonly #withdrawal: Withdrawal;

  constructor(
    frame: Frame,
    private readonly mailbox: Mailbox,
    before: HTMLElement,
  ) {
    this.#conversation = new Conversation(mailbox, () => this.refresh());
    this.#mending = new MendIdentity(mailbox, () => this.refresh());
    this.#withdrawal = new Withdrawal(mailbox, () => this.refresh());
    const refresh = button(() => t().follow.refresh, () => this.refresh(), "quiet");
    this.element = h(
      "section",
      { class: "step" },
      h("div", { class: "heading-row" }, h("h1", {}, () => t().follow.title), refresh),
      this.#notice.element,
      this.#standing,
      this.#mending.element,
      this.#conversation.element,
      this.#late,
      this.#journey,
      this.#withdrawal.element,
      h("div", { class: "actions onward" }, frame.backTo(before)),
    );
    frame.guard(this.element, () => this.#conversation.isUnsent || this.#mending.isUnsent);
  }

  async read(): Promise<void> {
    this.#show(await this.mailbox.read());
  }

  async refresh(): Promise<void> {
    if (await doing(this.#notice, this.element, () => t().follow.busy, () => this.read())) this.#notice.clear();
  }

  #show(status: Status): void {
    fill(this.#standing, standing(status));
    fill(this.#late, status.lateEvidence.length > 0 && lateEvidence(status.lateEvidence));
    fill(this.#journey, timeline(status.timeline), proofsCard(status));
    this.#mending.show(status);
    this.#conversation.show(status);
    this.#withdrawal.show(status);
  }
}

function standing({ status, route, kpk, isErased }: Status): HTMLElement {
  return h(
    "section",
    { class: "card" },
    h("p", { class: "hint" }, () => `${t().follow.status} · ${said(wordsOf("Route", route))}`),
    h("p", { class: "standing" }, () => said(wordsOf("CaseStatus", status))),
    kpk && h("p", {}, () => `${t().follow.kpkReference}: `, h("bdi", { class: "code" }, kpk.reference)),
    kpk?.status && h("p", {}, () => `${t().follow.kpkStatus}: ${said(wordsOf("KpkStatus", kpk.status ?? ""))}`),
    isErased && h("p", { class: "notice-line warning" }, () => t().follow.erased),
  );
}

function lateEvidence(pieces: readonly LatePiece[]): HTMLElement {
  const items = pieces.map((piece) =>
    h(
      "li",
      {},
      piece.name && h("bdi", {}, `${piece.name} · `),
      () => said(wordsOf("EvidenceKind", piece.kind)),
      h("span", { class: "hint hour" }, () => checksOf(piece)),
    ),
  );
  return h("section", { class: "card" }, h("h2", {}, () => t().late.filed), h("ul", { class: "calm-list" }, ...items));
}

function checksOf({ is_checked, fault }: LatePiece): string {
  if (!is_checked) return t().late.checking;
  return fault === null ? t().late.good : `${t().late.faulty}: ${said(wordsOf("QuarantineReason", fault)).toLowerCase()}.`;
}

function timeline(entries: readonly TimelineEntry[]): HTMLElement {
  const items = entries.map((entry) =>
    h("li", {}, h("span", {}, () => whatIn(entry)), h("span", { class: "hint hour" }, () => inWib(entry.hour, language()))),
  );
  return h("section", { class: "card" }, h("h2", {}, () => t().follow.timeline), h("p", { class: "hint" }, () => t().follow.order), h("ul", { class: "timeline" }, ...items));
}

function whatIn({ what, status }: TimelineEntry): string {
  const told = t().follow.what[what] ?? what;
  if (!status || what === "submitted") return told;
  return `${told}: ${said(wordsOf(what === "kpk_status" ? "KpkStatus" : "CaseStatus", status))}`;
}
