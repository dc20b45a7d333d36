/** Step 6: the receipt code, shown once, and what the service promised. */

import type { Filing, Promised } from "../core/filing.ts";
import { Mailbox } from "../core/mailbox.ts";
import { button, h } from "./dom.ts";
import type { Frame } from "./frame.ts";
import { MailboxScreen } from "./follow.ts";
import { t } from "./language.ts";
import { Notice } from "./notice.ts";
import { qrCode } from "./qr.ts";
import { stepper } from "./stepper.ts";

export function receiptScreen(frame: Frame, filing: Filing, { leaf }: Promised): HTMLElement {
  const code = filing.receipt.code();
  let mailbox: MailboxScreen | undefined;
  const screen = h(
    "section",
    { class: "step" },
    stepper(6),
    h("h1", {}, () => t().receipt.title),
    codeCard(code),
    h(
      "section",
      { class: "card" },
      h("h2", {}, () => t().receipt.checkedTitle),
      h("ul", { class: "ticks" }, ...[0, 1].map((at) => h("li", {}, () => t().receipt.checked[at] ?? "")),
        h("li", {}, () => t().receipt.files(leaf.files.length))),
      h("p", { class: "hint" }, () => `${t().receipt.number}: `, h("span", { class: "code" }, filing.reportId)),
    ),
    h(
      "div",
      { class: "actions onward" },
      button(() => t().receipt.follow, () => {
        mailbox ??= new MailboxScreen(frame, new Mailbox(frame.api, frame.keys, filing.receipt), screen);
        frame.show(mailbox.element);
        void mailbox.refresh();
      }),
      button(() => t().receipt.finish, () => frame.leave(), "quiet"),
    ),
  );
  frame.guard(screen, () => mailbox === undefined);
  return screen;
}

/** Broken in the middle where the screen is narrow. */
export function shownCode(code: string): HTMLElement {
  const half = 15; // three groups, with their dashes
  return h("p", { class: "code receipt-code" }, h("span", {}, code.slice(0, half)), h("span", {}, code.slice(half)));
}

function codeCard(code: string): HTMLElement {
  const notice = new Notice();
  const copy = (): Promise<void> =>
    navigator.clipboard.writeText(code).then(
      () => notice.say("success", () => t().receipt.copied),
      () => notice.say("warning", () => t().receipt.notCopied),
    );
  return h(
    "section",
    { class: "card receipt" },
    h("p", {}, () => t().receipt.lead),
    h("h2", { class: "hint" }, () => t().receipt.code),
    shownCode(code),
    qrCode(code, () => t().receipt.qr),
    h("div", { class: "actions" }, button(() => t().receipt.copy, copy), button(() => t().receipt.print, () => print(), "quiet")),
    notice.element,
  );
}
