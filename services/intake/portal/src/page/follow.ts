/** Following a report: the code is asked for, and everything it opens is opened and checked on the device. */

import { BadReceiptCode, Receipt, wordsOf } from "wbs-contracts";
import { inWib } from "../core/hours.ts";
import { Mailbox, type Status, type TimelineEntry } from "../core/mailbox.ts";
import { Conversation } from "./conversation.ts";
import { button, fill, h } from "./dom.ts";
import { Field, input } from "./fields.ts";
import type { Frame } from "./frame.ts";
import { language, said, t } from "./language.ts";
import { MendIdentity } from "./mend-identity.ts";
import { doing, Notice } from "./notice.ts";
import { proofsCard } from "./proofs-card.ts";
import { Withdrawal } from "./withdrawal.ts";

export function follow(frame: Frame): void {
  const code = new Field(input({ autocapitalize: "characters", maxlength: 40, class: "code" }), () => t().follow.code, {
    hint: () => t().follow.codeHint,
    check: (value) => (receiptIn(value) ? undefined : t().follow.codeFault),
  });
  const open = h("button", { type: "submit", class: "button" }, () => t().follow.open);
  const form = h("form", { class: "card form narrow", novalidate: true, autocomplete: "off" }, code.element, open);
  const notice = new Notice();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const receipt = code.isInOrder() ? receiptIn(code.value) : undefined;
    if (receipt) void openMailbox(frame, new Mailbox(frame.api, frame.keys, receipt), form, notice);
    else code.control.focus();
  });
  frame.showOnly(h("section", { class: "step" }, h("h1", {}, () => t().follow.title), form, notice.element));
}

function receiptIn(typed: string): Receipt | undefined {
  try {
    return Receipt.parse(typed);
  } catch (error) {
    if (error instanceof BadReceiptCode) return undefined;
    throw error;
  }
}

async function openMailbox(frame: Frame, mailbox: Mailbox, form: HTMLElement, notice: Notice): Promise<void> {
  await doing(notice, form, () => t().follow.busy, async () => {
    new MailboxScreen(frame, mailbox).show(await mailbox.read());
  });
}

/** Shows a mailbox whose code is known already. */
export async function showMailbox(frame: Frame, mailbox: Mailbox): Promise<void> {
  await new MailboxScreen(frame, mailbox).refresh();
}

class MailboxScreen {
  readonly #notice = new Notice();
  readonly #standing = h("div", {});
  readonly #journey = h("div", {});
  readonly #conversation: Conversation;
  readonly #mending: MendIdentity;
  readonly #withdrawal: Withdrawal;
  readonly #element: HTMLElement;

  constructor(
    private readonly frame: Frame,
    private readonly mailbox: Mailbox,
  ) {
    this.#conversation = new Conversation(frame, mailbox, () => this.refresh());
    this.#mending = new MendIdentity(mailbox, () => this.refresh());
    this.#withdrawal = new Withdrawal(mailbox, () => this.refresh());
    const refresh = button(() => t().follow.refresh, () => this.refresh(), "quiet");
    this.#element = h(
      "section",
      { class: "step" },
      h("div", { class: "heading-row" }, h("h1", {}, () => t().follow.title), refresh),
      this.#notice.element,
      this.#standing,
      this.#mending.element,
      this.#conversation.element,
      this.#journey,
      this.#withdrawal.element,
    );
  }

  show(status: Status): void {
    fill(this.#standing, standing(status));
    fill(this.#journey, timeline(status.timeline), proofsCard(status));
    this.#mending.show(status);
    this.#conversation.show(status);
    this.#withdrawal.show(status);
    if (!this.#element.isConnected) this.frame.showOnly(this.#element);
  }

  async refresh(): Promise<void> {
    if (!this.#element.isConnected) this.frame.showOnly(this.#element);
    const done = await doing(this.#notice, this.#element, () => t().follow.busy, async () =>
      this.show(await this.mailbox.read()),
    );
    if (done) this.#notice.clear();
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

function timeline(entries: readonly TimelineEntry[]): HTMLElement {
  const items = entries.map((entry) =>
    h("li", {}, h("span", {}, () => whatIn(entry)), h("span", { class: "hint hour" }, () => inWib(entry.hour, language()))),
  );
  return h("section", { class: "card" }, h("h2", {}, () => t().follow.timeline), h("ul", { class: "timeline" }, ...items));
}

function whatIn({ what, status }: TimelineEntry): string {
  const told = t().follow.what[what] ?? what;
  if (!status || what === "submitted") return told;
  return `${told}: ${said(wordsOf(what === "kpk_status" ? "KpkStatus" : "CaseStatus", status))}`;
}
