/** A line that says what is going on or went wrong, also to a screen reader. */

import { KeySetError, LetterError, PromiseBroken } from "wbs-contracts";
import { PromiseNotAboutThis } from "../core/filing.ts";
import { PhotoUnreadable } from "../core/photo.ts";
import { Problem, Unreachable } from "../core/public-api.ts";
import { fill, h, type Child } from "./dom.ts";
import { t } from "./language.ts";

export type Kind = "error" | "success" | "warning" | "busy" | "plain";

export class Notice {
  readonly element = h("div", { role: "status", "aria-live": "polite", class: "notice-line", hidden: true });

  say(kind: Kind, ...children: readonly Child[]): void {
    this.element.hidden = false;
    this.element.className = `notice-line ${kind}`;
    fill(this.element, ...children, kind === "busy" && h("progress", { "aria-label": () => t().busy }));
  }

  clear(): void {
    this.element.hidden = true;
    fill(this.element);
  }

  fail(error: unknown): void {
    this.say("error", () => explained(error));
  }
}

/** What went wrong in the reader's words. The service's own words come in the language it was asked in. */
export function explained(error: unknown): string {
  if (error instanceof Unreachable) return t().failed.unreachable;
  if (error instanceof KeySetError) return t().failed.keys;
  if (error instanceof PhotoUnreadable) return t().failed.photo;
  if (error instanceof PromiseBroken || error instanceof PromiseNotAboutThis) return t().failed.promise;
  if (error instanceof LetterError) return error.fault === "too_large" ? t().failed.tooLong : t().failed.sealing;
  if (error instanceof Problem) return told(error) || t().failed.other;
  return t().failed.other;
}

function told({ details }: Problem): string {
  return [details["title"], details["detail"]].filter((text) => typeof text === "string" && text).join(". ");
}

/** Does something while the notice says so and the form's buttons rest; what goes wrong is told. True if it was done. */
export async function doing(
  notice: Notice,
  form: HTMLElement,
  busy: () => string,
  act: () => Promise<void>,
): Promise<boolean> {
  const buttons = [...form.querySelectorAll("button")].filter((each) => !each.disabled);
  for (const each of buttons) each.disabled = true;
  notice.say("busy", busy);
  try {
    await act();
    return true;
  } catch (error) {
    notice.fail(error);
    return false;
  } finally {
    for (const each of buttons) each.disabled = false;
  }
}
