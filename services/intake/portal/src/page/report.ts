/** One report on its way through the steps: what they share, and which one is shown. */

import type { Filing, Promised } from "../core/filing.ts";
import { button } from "./dom.ts";
import { DraftWatch } from "./draft-watch.ts";
import { EvidenceStep } from "./evidence-step.ts";
import type { Frame } from "./frame.ts";
import { IdentityStep } from "./identity-step.ts";
import { t } from "./language.ts";
import { Notice } from "./notice.ts";
import { receiptScreen } from "./receipt-step.ts";
import { ReviewStep } from "./review-step.ts";
import { StoryStep } from "./story-step.ts";

export class Report {
  readonly opening = new Notice();
  readonly watch: DraftWatch;
  readonly identity: IdentityStep;
  readonly evidence: EvidenceStep;
  readonly story: StoryStep;
  readonly review: ReviewStep;
  #isBegun = false;

  constructor(
    readonly frame: Frame,
    readonly filing: Filing,
    readonly question: HTMLElement,
  ) {
    this.watch = new DraftWatch(frame.api, filing);
    this.identity = new IdentityStep(this);
    this.evidence = new EvidenceStep(this);
    this.story = new StoryStep(this);
    this.review = new ReviewStep(this);
  }

  /** The first time, opens the draft while the reporter already fills in the next step. */
  show(): void {
    this.frame.show(this.identity.element);
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.frame.guard(this.identity.element, () => true);
    void this.#open();
  }

  /** Each word typed before is forgotten. */
  finish(promised: Promised): void {
    this.watch.stop();
    this.frame.showOnly(receiptScreen(this.frame, this.filing, promised));
  }

  async #open(): Promise<void> {
    this.opening.say("busy", () => t().opening.busy);
    try {
      await this.filing.open();
      this.opening.say("success", () => t().opening.done);
    } catch (error) {
      this.opening.fail(error);
      this.opening.element.append(button(() => t().next, () => this.#open(), "quiet"));
    }
  }
}
