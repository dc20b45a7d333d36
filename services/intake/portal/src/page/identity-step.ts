/** Step 2: who the reporter is, sealed to the checks, and what they say. */

import type { DraftState, IdentityState } from "../core/filing.ts";
import { button, h } from "./dom.ts";
import { IdentityForm, reasonsList } from "./identity-form.ts";
import { t } from "./language.ts";
import type { Report } from "./report.ts";
import { stepper } from "./stepper.ts";

export class IdentityStep {
  readonly element: HTMLElement;
  readonly #form: IdentityForm;
  readonly #next: HTMLButtonElement;
  #hasOffered = false;
  #outcome: IdentityState["outcome"];

  constructor(private readonly report: Report) {
    this.#form = new IdentityForm((...offer) => report.filing.offerIdentity(...offer), () => this.#offered());
    this.#next = button(() => t().next, () => report.frame.show(report.evidence.element));
    this.#next.hidden = true;
    this.element = this.#screen();
    report.watch.add(this);
  }

  /** What the checks said, in a line. */
  standing(): string {
    return t().review.identities[this.#outcome ?? "checking"];
  }

  isSettled(state: DraftState): boolean {
    return !this.#hasOffered || state.identity?.outcome !== undefined;
  }

  show({ identity }: DraftState): void {
    const { isSending, notice } = this.#form;
    if (isSending || !this.#hasOffered || !identity) return;
    this.#outcome = identity.outcome;
    if (identity.outcome === "consistent") notice.say("success", () => t().identity.consistent);
    else if (identity.outcome === "unsure") notice.say("warning", () => t().identity.unsure);
    else if (identity.outcome === "inconsistent") this.#tellFaults(identity);
  }

  #screen(): HTMLElement {
    const who = () => (this.report.filing.route === "kpk" ? t().identity.whoKpk : t().identity.whoInspektorat);
    return h(
      "section",
      { class: "step" },
      stepper(2),
      h("h1", {}, () => t().identity.title),
      this.report.opening.element,
      h("p", { class: "lead" }, () => t().identity.why, " ", who),
      this.#form.element,
      this.#form.notice.element,
      h("div", { class: "actions onward" }, this.#next, this.report.frame.backTo(this.report.question)),
    );
  }

  #offered(): void {
    this.#hasOffered = true;
    this.#outcome = undefined;
    this.#next.hidden = false;
    this.#form.notice.say("busy", () => t().identity.checking);
    this.report.watch.look();
  }

  #tellFaults({ reasons }: IdentityState): void {
    this.#form.expect("sendMended");
    this.#form.notice.say(
      "error",
      h("p", {}, () => t().identity.inconsistent),
      reasonsList(reasons ?? []),
      h("p", {}, () => t().identity.mend),
      button(() => t().identity.ask, () => this.#form.send(true), "quiet"),
    );
  }
}
