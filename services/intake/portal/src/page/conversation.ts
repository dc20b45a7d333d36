/** Messages, opened and verified on the device, and the reporter's answer, sealed on it. */

import { wordsOf } from "wbs-contracts";
import { inWib } from "../core/hours.ts";
import type { Mailbox, ShownMessage, Status } from "../core/mailbox.ts";
import { fill, h } from "./dom.ts";
import { area, Field } from "./fields.ts";
import { language, said, t } from "./language.ts";
import { LateEvidence } from "./late-evidence.ts";
import { doing, Notice } from "./notice.ts";

export class Conversation {
  readonly element: HTMLElement;
  readonly #notice = new Notice();
  readonly #messages = h("div", { class: "messages" });
  readonly #text = new Field(area({ maxlength: 12_000, rows: 4 }), () => t().follow.answer, {
    hint: () => t().follow.answerHint,
  });
  readonly #writing: HTMLElement;
  readonly #late: LateEvidence;

  constructor(
    private readonly mailbox: Mailbox,
    private readonly refresh: () => Promise<void>,
  ) {
    const send = h("button", { type: "submit", class: "button" }, () => t().follow.send);
    const form = h("form", { class: "form", novalidate: true, autocomplete: "off" }, this.#text.element, send);
    this.#late = new LateEvidence(mailbox);
    this.#writing = h("div", {}, this.#late.element, form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    const title = h("h2", {}, () => t().follow.messages);
    this.element = h("section", { class: "card" }, title, this.#messages, this.#writing, this.#notice.element);
  }

  /** Whether there is something here that nobody has got yet. */
  get isUnsent(): boolean {
    return this.#text.value !== "" || !this.#late.isEmpty;
  }

  show({ messages, distrusted, isErased }: Status): void {
    this.#writing.hidden = isErased;
    fill(
      this.#messages,
      messages.length === 0 && h("p", { class: "hint" }, () => t().follow.none),
      ...messages.map(shown),
      distrusted > 0 && h("p", { class: "notice-line error" }, () => t().follow.distrusted(distrusted)),
    );
  }

  async #send(): Promise<void> {
    if (!this.#text.isInOrder()) return this.#text.control.focus();
    if (!this.#late.isInOrder()) return;
    const waits = () => this.#notice.say("busy", () => t().late.waiting);
    const sent = await doing(this.#notice, this.#writing, () => t().follow.sending, () =>
      this.mailbox.write(this.#text.value, this.#late.pieces, waits),
    );
    if (!sent) return;
    this.#text.control.value = "";
    this.#late.forget();
    this.#notice.say("success", () => t().follow.sent);
    await this.refresh();
  }
}

function shown({ writer, hour, text }: ShownMessage): HTMLElement {
  const isOwn = writer === "reporter";
  const who = () => (isOwn ? t().follow.you : writer === "kpk" ? t().follow.kpk : said(wordsOf("Role", writer)));
  return h(
    "article",
    { class: isOwn ? "message own" : "message" },
    h("p", { class: "message-head" }, who, " · ", () => inWib(hour, language())),
    h("p", { class: "prose", dir: "auto" }, text),
  );
}
