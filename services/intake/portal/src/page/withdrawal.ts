/** Withdrawing a report: noted, and it stops nothing, which is said before. */

import type { Mailbox, Status } from "../core/mailbox.ts";
import { button, fill, h } from "./dom.ts";
import { t } from "./language.ts";
import { doing, Notice } from "./notice.ts";

export class Withdrawal {
  readonly element = h("section", { class: "card" });
  readonly #notice = new Notice();
  readonly #confirm: HTMLElement;

  constructor(
    private readonly mailbox: Mailbox,
    private readonly refresh: () => Promise<void>,
  ) {
    this.#confirm = h(
      "details",
      {},
      h("summary", {}, () => t().withdrawal.title),
      h("p", {}, () => t().withdrawal.lead),
      h("div", { class: "actions" }, button(() => t().withdrawal.confirm, () => this.#withdraw(), "quiet")),
    );
    fill(this.element, this.#confirm, this.#notice.element);
  }

  show({ timeline, isErased }: Status): void {
    const isWithdrawn = timeline.some(({ what }) => what === "withdrawn");
    this.#confirm.hidden = isWithdrawn || isErased;
    this.element.hidden = isErased;
    if (isWithdrawn) this.#notice.say("plain", () => t().withdrawal.done);
  }

  async #withdraw(): Promise<void> {
    const done = await doing(this.#notice, this.element, () => t().withdrawal.busy, () => this.mailbox.withdraw());
    if (!done) return;
    this.#confirm.hidden = true;
    this.#notice.say("plain", () => t().withdrawal.done);
    await this.refresh();
  }
}
