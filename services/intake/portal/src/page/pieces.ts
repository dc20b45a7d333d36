/** Pieces of evidence: chosen, several at once, and sent one after another. */

import type { EvidenceNote } from "wbs-contracts";
import { faultOf } from "../core/chosen-file.ts";
import type { OpenDraft, PieceState } from "../core/filing.ts";
import { button, fill, h } from "./dom.ts";
import { areInOrder } from "./fields.ts";
import { t } from "./language.ts";
import { Notice } from "./notice.ts";
import { PieceCard } from "./piece-card.ts";

/** No `image/*`: for these types alone, an iPhone makes a JPEG of what it keeps as HEIC. */
const OFFERED = "image/jpeg,image/png,image/webp,video/*,audio/*,application/pdf,.docx,.xlsx,.pdf,.m4a,.ogg,.opus,.mp3";

/** Where pieces go. `showsChecks`: whether it is told what the checks say. */
export interface Shelf {
  readonly showsChecks: boolean;
  openDraft(): Promise<OpenDraft>;
  changed(): void;
}

export class Pieces {
  readonly element: HTMLElement;
  readonly #list = h("ul", { class: "plain-list pieces" });
  readonly #refused = new Notice();
  readonly #send = button("", () => this.#sendAll());
  #cards: PieceCard[] = [];
  #isSending = false;

  constructor(private readonly shelf: Shelf) {
    const actions = h("div", { class: "actions" }, this.#picker(), this.#send);
    this.element = h("div", {}, this.#list, this.#refused.element, actions);
    this.#show();
    addEventListener("online", () => {
      for (const card of this.#cards) card.goOn();
    });
  }

  get cards(): readonly PieceCard[] {
    return this.#cards;
  }

  /** What a letter says of those that are uploaded. */
  get notes(): readonly EvidenceNote[] {
    return this.#cards.flatMap(({ note, isUploaded }) => (note && isUploaded ? [note] : []));
  }

  /** Why a letter can't name all of them yet. */
  get fault(): (() => string) | undefined {
    if (this.#unsent.length > 0) return () => t().evidence.notUploaded;
    return this.#cards.some((card) => !card.isUploaded) ? () => t().evidence.stillOnTheWay : undefined;
  }

  take(states: readonly PieceState[]): void {
    for (const card of this.#cards) card.take(states);
  }

  forget(): void {
    this.#cards = [];
    fill(this.#list);
    this.#show();
  }

  get #unsent(): readonly PieceCard[] {
    return this.#cards.filter(({ isWaiting, hasBegun }) => !isWaiting && !hasBegun);
  }

  #picker(): HTMLElement {
    const files = h("input", { type: "file", multiple: true, accept: OFFERED, class: "file-input" });
    files.addEventListener("change", () => {
      this.#add([...(files.files ?? [])]);
      files.value = "";
    });
    return h("label", { class: "picker" }, h("span", { class: "button button-quiet" }, () => t().evidence.pick), files);
  }

  #add(files: readonly File[]): void {
    const good = files.filter((file) => faultOf(file) === undefined);
    for (const file of good) {
      const card = new PieceCard(file, this.shelf, () => this.#changed(), () => this.#remove(card));
      this.#cards.push(card);
      this.#list.append(card.element);
    }
    this.#tellRefused(files.filter((file) => !good.includes(file)));
    this.#changed();
  }

  #tellRefused(files: readonly File[]): void {
    if (files.length === 0) return this.#refused.clear();
    const told = files.map((file) => {
      const fault = faultOf(file);
      return h("li", {}, h("bdi", {}, file.name), () => `: ${fault ? t().evidence.faults[fault] : ""}`);
    });
    this.#refused.say("error", h("p", {}, () => t().evidence.notTaken), h("ul", {}, ...told));
  }

  #remove(card: PieceCard): void {
    this.#cards = this.#cards.filter((each) => each !== card);
    card.element.remove();
    this.#changed();
  }

  #changed(): void {
    this.#show();
    this.shelf.changed();
  }

  #show(): void {
    this.#send.hidden = this.#unsent.length === 0;
    fill(this.#send, () => t().evidence.upload(this.#unsent.length));
  }

  /** One after another: a weak uplink gives each the whole of it, and what is through is through. */
  async #sendAll(): Promise<void> {
    const unsent = this.#unsent;
    if (!areInOrder(unsent.flatMap(({ fields }) => fields))) return;
    for (const card of unsent) card.isWaiting = true;
    this.#changed();
    if (this.#isSending) return;
    this.#isSending = true;
    for (let next = this.#next; next; next = this.#next) if (!(await next.send())) this.#giveUpWaiting();
    this.#isSending = false;
  }

  get #next(): PieceCard | undefined {
    return this.#cards.find((card) => card.isWaiting);
  }

  /** The draft can't be opened now: nothing else could be sent either. */
  #giveUpWaiting(): void {
    for (const card of this.#cards) card.isWaiting = false;
    this.#changed();
  }
}
