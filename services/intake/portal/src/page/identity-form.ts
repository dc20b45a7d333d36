/** Who the reporter is: fields, and a photo made small on the device; whoever shows the form sends what it gives. */

import { wordsOf, type Person } from "wbs-contracts";
import { base64, smallJpeg } from "../core/photo.ts";
import { fill, h, type Child } from "./dom.ts";
import { areInOrder, area, choice, Field, input } from "./fields.ts";
import { said, t } from "./language.ts";
import { doing, Notice } from "./notice.ts";

const NIK = /^\d{16}$/;
const PHONE = /^[+\d][\d\s-]{5,38}$/;
const SEXES = { L: { id: "Laki-laki", en: "Male" }, P: { id: "Perempuan", en: "Female" } };
const EMAIL = /^\S+@\S+\.\S+$/;

/** Sends an identity; `photo`: a JPEG in base64. */
export type Offer = (person: Person, photo: string, asksForReview: boolean) => Promise<void>;

export class IdentityForm {
  readonly element = h("form", { class: "card form", novalidate: true, autocomplete: "off" });
  readonly notice = new Notice();
  isSending = false;
  readonly #photoNotice = new Notice();
  readonly #preview = h("img", { class: "preview", alt: () => t().identity.photoAlt, hidden: true });
  readonly #fields = personFields();
  readonly #photo: Field<HTMLInputElement>;
  readonly #sending = h("button", { type: "submit" });
  #jpeg: Blob | undefined;

  /** `asks`: a box that asks for a person's look, where the form has one. */
  constructor(
    private readonly offer: Offer,
    private readonly offered: () => void,
    asks?: HTMLInputElement,
    ...more: readonly Child[]
  ) {
    this.expect("send");
    this.#photo = new Field(input({ type: "file", accept: "image/*" }), () => t().identity.photo, {
      hint: () => t().identity.photoHint,
    });
    this.#photo.control.addEventListener("change", () => void this.#takePhoto());
    const fields = Object.values(this.#fields).map(({ element }) => element);
    const photo = h("div", {}, this.#photo.element, this.#photoNotice.element, this.#preview);
    const actions = h("div", { class: "actions" }, this.#sending);
    fill(this.element, h("div", { class: "pair" }, ...fields), photo, ...more, actions);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send(asks?.checked ?? false);
    });
  }

  /** Whether something was typed or chosen here. */
  get isTouched(): boolean {
    return this.#jpeg !== undefined || Object.values(this.#fields).some(({ value }) => value !== "");
  }

  /** What the main button is for next. */
  expect(next: "send" | "sendAgain" | "sendMended"): void {
    this.#sending.className = next === "sendAgain" ? "button button-quiet" : "button";
    fill(this.#sending, () => t().identity[next]);
  }

  async send(asksForReview: boolean): Promise<void> {
    const jpeg = this.#jpeg;
    if (!areInOrder([...Object.values(this.#fields), this.#photo]) || !jpeg) return;
    this.isSending = true;
    const done = await doing(this.notice, this.element, () => t().identity.sealing, async () =>
      this.offer(this.#person(), await base64(jpeg), asksForReview),
    );
    this.isSending = false;
    if (!done) return;
    this.expect("sendAgain");
    this.offered();
  }

  async #takePhoto(): Promise<void> {
    const file = this.#photo.control.files?.[0];
    if (!file) return;
    this.#forgetPhoto();
    await doing(this.#photoNotice, this.element, () => t().identity.photoBusy, async () => {
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
}

/** Why an identity isn't taken, each with what helps against it. */
export function reasonsList(reasons: readonly string[]): HTMLElement {
  const told = reasons.map((reason) =>
    h("li", {}, () => `${said(wordsOf("IdentityReason", reason))}. ${t().identity.hints[reason] ?? ""}`),
  );
  return h("ul", {}, ...told);
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
