/** One piece of evidence on the page: chosen, on its way, checked, or refused. */

import { wordsOf, type EvidenceNote } from "wbs-contracts";
import type { PieceState } from "../core/filing.ts";
import { PieceUpload } from "../core/uploads.ts";
import { button, fill, h } from "./dom.ts";
import { area, choice, Field, input, wordsOfSet } from "./fields.ts";
import { language, said, t } from "./language.ts";
import { doing, Notice } from "./notice.ts";
import type { Shelf } from "./pieces.ts";

const LONGEST_NAME = 255;

export class PieceCard {
  readonly element = h("li", { class: "card piece" });
  readonly #notice = new Notice();
  readonly #bar = h("progress", { max: 100, value: 0, "aria-label": () => t().evidence.progress, hidden: true });
  readonly #goesOn = button(() => t().evidence.goOn, () => this.goOn());
  readonly #kind = new Field(choice(wordsOfSet("EvidenceKind")), () => t().evidence.kind);
  readonly #name: Field<HTMLInputElement>;
  readonly #description: Field<HTMLTextAreaElement>;
  readonly #title = h("h2", { class: "piece-title" });
  readonly #details: HTMLDetailsElement;
  #upload: PieceUpload | undefined;
  #checked: PieceState | undefined;
  #percent = 0;
  #isWaiting = false;
  #isOver: () => void = () => undefined;

  constructor(
    private readonly file: File,
    private readonly shelf: Shelf,
    private readonly changed: () => void,
    private readonly removed: () => void,
  ) {
    this.#name = new Field(input({ maxlength: LONGEST_NAME }), () => t().evidence.name, {
      hint: () => t().evidence.nameHint,
    });
    this.#description = new Field(area({ maxlength: 2000, rows: 2, class: "short" }), () => t().evidence.description, {
      optional: true,
    });
    this.#kind.control.value = likelyKind(file.type);
    this.#name.control.value = file.name.slice(0, LONGEST_NAME);
    const fields = [this.#name, this.#kind, this.#description].map(({ element }) => element);
    const remove = button(() => t().evidence.remove, () => this.#remove(), "quiet");
    const actions = h("div", { class: "actions" }, this.#goesOn, remove);
    const amend = h("summary", {}, () => t().evidence.amend);
    this.#details = h("details", { open: true, class: "begins" }, amend, h("div", { class: "pair" }, ...fields));
    fill(this.element, this.#title, this.#details, this.#bar, this.#notice.element, actions);
    this.#name.control.addEventListener("input", () => this.#show());
    this.#show();
  }

  get fields(): readonly Field[] {
    return [this.#name, this.#kind];
  }

  /** Whether its turn to be sent comes. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  set isWaiting(isWaiting: boolean) {
    this.#isWaiting = isWaiting;
    this.#show();
  }

  get isUploaded(): boolean {
    return this.#upload?.state === "received";
  }

  get hasBegun(): boolean {
    return this.#upload !== undefined;
  }

  /** Whether it counts to the three: checked, and nothing was found against it. */
  get isGood(): boolean {
    return this.#checked?.is_checked === true && this.#checked.fault === null;
  }

  get isChecked(): boolean {
    return !this.isUploaded || this.#checked?.is_checked === true;
  }

  /** What the story says of it; undefined until it has a name at the service. */
  get note(): EvidenceNote | undefined {
    const evidence_id = this.#upload?.evidenceId;
    if (evidence_id === undefined) return undefined;
    const { value: name } = this.#name;
    return { evidence_id, kind: this.#kind.value, name, description: this.#description.value };
  }

  take(pieces: readonly PieceState[]): void {
    this.#checked = pieces.find(({ evidence_id }) => evidence_id === this.#upload?.evidenceId);
    this.#show();
  }

  goOn(): void {
    this.#upload?.goOn();
  }

  /** Ends when the service has it whole or refused it, or it was removed. False if it couldn't begin. */
  async send(): Promise<boolean> {
    const over = new Promise<void>((resolve) => (this.#isOver = resolve));
    await doing(this.#notice, this.element, () => t().opening.busy, async () => {
      const watcher = { changed: () => this.#progressed() };
      this.#upload = new PieceUpload(this.file, this.#kind.value, await this.shelf.openDraft(), language(), watcher);
    });
    this.isWaiting = false;
    if (!this.hasBegun) return false;
    this.changed();
    await over;
    return true;
  }

  async #remove(): Promise<void> {
    this.removed();
    this.#isOver();
    await this.#upload?.giveUp();
  }

  #progressed(): void {
    this.#percent = Math.floor(((this.#upload?.sent ?? 0) / Math.max(this.file.size, 1)) * 100);
    this.#show();
    if (this.#upload?.state === "sending") return;
    if (this.#upload?.state !== "broken") this.#isOver();
    this.changed();
  }

  #show(): void {
    this.#fold(this.isWaiting || this.hasBegun);
    this.#bar.hidden = this.#upload?.state !== "sending";
    this.#bar.value = this.#percent;
    this.#tell();
    fill(this.#title, h("bdi", {}, this.#name.value), " · ", () => said(wordsOf("EvidenceKind", this.#kind.value)));
    this.#goesOn.hidden = this.#upload?.state !== "broken";
  }

  /** The kind is announced; name and description can be changed until the story is sent. */
  #fold(isFolded: boolean): void {
    this.#title.hidden = !isFolded;
    if (this.#kind.control.disabled === isFolded) return;
    this.#kind.control.disabled = isFolded;
    this.#details.open = !isFolded;
    this.#details.className = isFolded ? "" : "begins";
  }

  /** A screen reader is told each tenth only. */
  #tell(): void {
    const upload = this.#upload;
    if (this.isWaiting) return this.#notice.say("plain", () => t().evidence.waiting);
    if (!upload) return;
    const percent = Math.floor(this.#percent / 10) * 10;
    if (upload.state === "sending") this.#notice.say("plain", () => t().evidence.sending(percent));
    else if (upload.state === "broken") this.#notice.say("warning", () => t().evidence.broken);
    else if (upload.state === "refused") this.#notice.say("error", () => `${t().evidence.refused}. ${upload.refusal}`);
    else this.#tellChecks();
  }

  #tellChecks(): void {
    if (!this.shelf.showsChecks) return this.#notice.say("success", () => t().evidence.uploaded);
    const fault = this.#checked?.fault;
    if (fault)
      this.#notice.say("error", () => `${t().evidence.refused}: ${said(wordsOf("QuarantineReason", fault)).toLowerCase()}.`);
    else if (this.isGood) this.#notice.say("success", () => `${t().evidence.good}.`);
    else this.#notice.say("busy", () => t().evidence.checking);
  }
}

function likelyKind(mediaType: string): string {
  if (mediaType.startsWith("image/")) return "foto";
  if (mediaType.startsWith("video/")) return "video";
  if (mediaType.startsWith("audio/")) return "rekaman_suara";
  return mediaType ? "dokumen" : "";
}
