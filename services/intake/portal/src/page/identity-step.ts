/** Step 2: who the reporter is, sealed to the checks, and what they say. */

import { wordsOf, type Person } from "wbs-contracts";
import type { DraftState, IdentityState } from "../core/filing.ts";
import { base64, smallJpeg } from "../core/photo.ts";
import { button, fill, h } from "./dom.ts";
import { areInOrder, choice, Field, input, area } from "./fields.ts";
import { said, t } from "./language.ts";
import { doing, Notice } from "./notice.ts";
import type { Report } from "./report.ts";
import { stepper } from "./stepper.ts";

const NIK = /^\d{16}$/;
const PHONE = /^[+\d][\d\s-]{5,38}$/;
const SEXES = { L: { id: "Laki-laki", en: "Male" }, P: { id: "Perempuan", en: "Female" } };
const EMAIL = /^\S+@\S+\.\S+$/;

export class IdentityStep {
  readonly element: HTMLElement;
  readonly #notice = new Notice();
  readonly #photoNotice = new Notice();
  readonly #preview = h("img", { class: "preview", alt: () => t().identity.photoAlt, hidden: true });
  readonly #form = h("form", { class: "card form", novalidate: true, autocomplete: "off" });
  readonly #next: HTMLButtonElement;
  readonly #fields = personFields();
  readonly #photo: Field<HTMLInputElement>;
  readonly #sending = h("button", { type: "submit", class: "button" }, () => t().identity.send);
  #jpeg: Blob | undefined;
  #hasOffered = false;
  #isSending = false;

  constructor(private readonly report: Report) {
    this.#photo = new Field(input({ type: "file", accept: "image/*" }), () => t().identity.photo, {
      hint: () => t().identity.photoHint,
    });
    this.#photo.control.addEventListener("change", () => void this.#takePhoto());
    this.#next = button(() => t().next, () => report.frame.show(report.evidence.element));
    this.#next.hidden = true;
    this.#fillForm();
    this.element = this.#screen();
    report.watch.add(this);
  }

  isSettled(state: DraftState): boolean {
    return !this.#hasOffered || state.identity?.outcome !== undefined;
  }

  show({ identity }: DraftState): void {
    if (this.#isSending || !this.#hasOffered || !identity) return;
    if (identity.outcome === "consistent") this.#notice.say("success", () => t().identity.consistent);
    else if (identity.outcome === "unsure") this.#notice.say("warning", () => t().identity.unsure);
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
      this.#form,
      this.#notice.element,
      h("div", { class: "actions onward" }, this.#next),
    );
  }

  #fillForm(): void {
    const fields = Object.values(this.#fields).map(({ element }) => element);
    const photo = h("div", {}, this.#photo.element, this.#photoNotice.element, this.#preview);
    fill(this.#form, h("div", { class: "pair" }, ...fields), photo, h("div", { class: "actions" }, this.#sending));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send(false);
    });
  }

  async #takePhoto(): Promise<void> {
    const file = this.#photo.control.files?.[0];
    if (!file) return;
    this.#forgetPhoto();
    await doing(this.#photoNotice, this.#form, () => t().identity.photoBusy, async () => {
      const jpeg = await smallJpeg(file);
      this.#jpeg = jpeg;
      this.#preview.src = URL.createObjectURL(jpeg);
      this.#preview.hidden = false;
      this.#photoNotice.say("success", () => t().identity.photoSize(Math.ceil(jpeg.size / 1000)));
    });
  }

  #forgetPhoto(): void {
    this.#jpeg = undefined;
    URL.revokeObjectURL(this.#preview.src);
    this.#preview.hidden = true;
  }

  async #send(asksForReview: boolean): Promise<void> {
    const jpeg = this.#jpeg;
    if (!areInOrder([...Object.values(this.#fields), this.#photo]) || !jpeg) return;
    this.#isSending = true;
    const done = await doing(this.#notice, this.#form, () => t().identity.sealing, async () => {
      await this.report.filing.offerIdentity(this.#person(), await base64(jpeg), asksForReview);
    });
    this.#isSending = false;
    if (!done) return;
    this.#hasOffered = true;
    fill(this.#sending, () => t().identity.sendAgain);
    this.#next.hidden = false;
    this.#notice.say("busy", () => t().identity.checking);
    this.report.watch.look();
  }

  #person(): Person {
    const { nik, name, birthDate, sex, address, phone, email, occupation } = this.#fields;
    return {
      nik: nik.value,
      full_name: name.value,
      birth_date: birthDate.value,
      sex: sex.value === "P" ? "P" : "L",
      address: address.value,
      phone: phone.value,
      email: email.value,
      occupation: occupation.value,
    };
  }

  #tellFaults({ reasons }: IdentityState): void {
    const told = (reasons ?? []).map((reason) =>
      h("li", {}, () => `${said(wordsOf("IdentityReason", reason))}. ${t().identity.hints[reason] ?? ""}`),
    );
    const ask = button(() => t().identity.ask, () => this.#send(true), "quiet");
    this.#notice.say(
      "error",
      h("p", {}, () => t().identity.inconsistent),
      h("ul", {}, ...told),
      h("p", {}, () => t().identity.mend),
      ask,
    );
  }
}

function personFields() {
  return {
    nik: new Field(input({ inputmode: "numeric", maxlength: 16 }), () => t().identity.nik, {
      hint: () => t().identity.nikHint,
      check: (value) => (NIK.test(value) ? undefined : t().identity.nikFault),
    }),
    name: new Field(input({ maxlength: 200 }), () => t().identity.name, { hint: () => t().identity.nameHint }),
    birthDate: new Field(input({ type: "date", min: "1900-01-01" }), () => t().identity.birthDate),
    sex: new Field(choice(SEXES), () => t().identity.sex),
    address: new Field(area({ maxlength: 500, rows: 2, class: "short" }), () => t().identity.address),
    phone: new Field(input({ type: "tel", maxlength: 40 }), () => t().identity.phone, {
      check: (value) => (PHONE.test(value) ? undefined : t().identity.phoneFault),
    }),
    email: new Field(input({ type: "email", maxlength: 254 }), () => t().identity.email, {
      optional: true,
      check: (value) => (EMAIL.test(value) ? undefined : t().identity.emailFault),
    }),
    occupation: new Field(input({ maxlength: 200 }), () => t().identity.occupation),
  };
}
