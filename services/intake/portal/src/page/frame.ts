/** What stays around every screen: the language, the way out, the line about the connection, one screen at a time. */

import type { KeyRing } from "../core/trusted-keys.ts";
import type { PublicApi } from "../core/public-api.ts";
import { button, goTo, h, retranslate } from "./dom.ts";
import { choose, language, t } from "./language.ts";
import { Notice } from "./notice.ts";

/** An empty page: it asks no server for anything, and says nothing of where the reader was. */
const ELSEWHERE = "about:blank";

export class Frame {
  readonly #guards = new WeakMap<Element, () => boolean>();
  readonly #away = new Notice();
  readonly #main = h("main", { id: "main", class: "page" });

  constructor(
    readonly api: PublicApi,
    readonly keys: KeyRing,
    readonly fingerprint: string,
  ) {
    addEventListener("beforeunload", (event) => {
      if ([...this.#main.children].some((screen) => this.#guards.get(screen)?.())) event.preventDefault();
    });
    // No entry of the browser's history is ever added: "back" after leaving must not lead here again. The browser's own
    // "back" closes the page, so it asks first, as above.
    document.body.replaceChildren(skipLink(), this.#top(), this.#away.element, this.#main, foot());
  }

  /** While a screen is kept, the reader is asked before the page is closed or reloaded, if `wouldLose` says so then. */
  guard(screen: HTMLElement, wouldLose: () => boolean): void {
    this.#guards.set(screen, wouldLose);
  }

  /** A button that leads back to a screen, which is as it was left. */
  backTo(screen: HTMLElement): HTMLButtonElement {
    return button(() => t().back, () => this.show(screen), "quiet");
  }

  /** Shows one screen; the others stay as they are, out of sight. */
  show(screen: HTMLElement): void {
    if (!screen.isConnected) this.#main.append(screen);
    for (const each of this.#main.children) (each as HTMLElement).hidden = each !== screen;
    const heading = screen.querySelector<HTMLElement>("h1");
    if (heading) goTo(heading);
    scrollTo(0, 0);
  }

  /** Forgets all screens but this one, with what was typed there. */
  showOnly(screen: HTMLElement): void {
    this.#main.replaceChildren();
    this.show(screen);
  }

  isAway(away: boolean): void {
    if (away) this.#away.say("warning", () => t().away);
    else this.#away.clear();
  }

  /** Empties the page and puts another one in its place. What was in memory goes with it. */
  leave(): void {
    this.#main.replaceChildren();
    document.body.replaceChildren();
    location.replace(ELSEWHERE);
  }

  #top(): HTMLElement {
    const mark = h("img", { class: "brand-mark", src: "/chassis/mark.svg", width: 28, height: 28, alt: "" });
    const brand = h("span", { class: "brand" }, mark, h("span", {}, "WBS", h("span", { class: "place" }, " Batanghari")));
    const other = button(() => t().otherLanguage, () => speak(language() === "id" ? "en" : "id"), "quiet");
    const leave = button(() => t().leave, () => this.leave());
    leave.classList.add("leave");
    leave.title = t().leaveHint;
    return h("header", { class: "top" }, h("div", { class: "top-inner" }, brand, h("div", { class: "tools" }, other, leave)));
  }
}

export function speak(chosen: "id" | "en"): void {
  choose(chosen);
  document.documentElement.lang = chosen;
  retranslate(document.body);
}

/** A button, since a link to a part of the page would add to the browser's history. */
function skipLink(): HTMLElement {
  const skip = button(() => t().skip, () => goTo(document.getElementById("main") ?? document.body));
  skip.className = "skip";
  return skip;
}

const foot = (): HTMLElement => h("footer", { class: "foot" }, h("p", {}, () => t().foot));
