/** An identity that a person found doubtful: why, in words, and a form to send another one. */

import type { Mailbox, Status } from "../core/mailbox.ts";
import { fill, h } from "./dom.ts";
import { IdentityForm, reasonsList } from "./identity-form.ts";
import { t } from "./language.ts";

export class MendIdentity {
  readonly element = h("section", { class: "card", hidden: true });
  #form: IdentityForm | undefined;
  #status = "";
  #sentIn: string | undefined;
  readonly #reasons = h("div", {});

  constructor(
    private readonly mailbox: Mailbox,
    private readonly refresh: () => Promise<void>,
  ) {}

  get isUnsent(): boolean {
    return this.#form?.isTouched ?? false;
  }

  /** What is typed stays there as long as another identity is asked for; that one was sent, until the report moves on. */
  show({ identityWanted, isErased, route, status, timeline }: Status): void {
    this.#status = status;
    const isWanted = identityWanted !== null && !isErased;
    const [said] = timeline.map(({ what }) => what).filter((what) => what.startsWith("identity_")).slice(-1);
    if (!isWanted) return this.#close(said === "identity_accepted");
    this.#tell(identityWanted, route === "kpk");
    if (this.#form) return;
    this.#form = this.#newForm();
    this.#sentIn = undefined;
    this.element.hidden = false;
    const title = h("h2", {}, () => t().mending.title);
    fill(this.element, title, this.#reasons, this.#form.element, this.#form.notice.element);
  }

  #tell(reasons: readonly string[], isAtKpk: boolean): void {
    const who = () => (isAtKpk ? t().identity.whoKpk : t().identity.whoInspektorat);
    fill(
      this.#reasons,
      h("p", {}, () => t().mending.lead, " ", !isAtKpk && (() => t().mending.closed)),
      reasons.length > 0 && reasonsList(reasons),
      h("p", {}, () => t().mending.empty),
      h("p", { class: "hint" }, () => t().identity.why, " ", who),
    );
  }

  #newForm(): IdentityForm {
    const asks = h("input", { type: "checkbox" });
    const box = h("label", { class: "option" }, asks, h("span", {}, () => t().mending.ask));
    return new IdentityForm(
      (...offer) => this.mailbox.offerIdentity(...offer),
      () => void this.#sent(),
      asks,
      box,
    );
  }

  /** The form goes, with what was typed there; that it was sent is still said. */
  async #sent(): Promise<void> {
    this.#form = undefined;
    this.#sentIn = this.#status;
    fill(this.element, h("h2", {}, () => t().mending.sentTitle), h("p", { class: "notice-line success" }, () => t().mending.sent));
    await this.refresh();
  }

  #close(isAccepted: boolean): void {
    if (isAccepted) return this.#tellAccepted();
    if (this.#sentIn === this.#status) return;
    this.#form = undefined;
    this.element.hidden = true;
    fill(this.element);
  }
  #tellAccepted(): void {
    this.#form = undefined;
    this.element.hidden = false;
    fill(this.element, h("p", { class: "notice-line success" }, () => t().mending.accepted));
  }
}
