/** The outside of a letter, read strictly; the twin of `contracts.letters.format`. */

import type { GeneralJWE } from "jose";
import { b64u, canonical, fromB64u, fromUtf8, hasExactly, isObject, sha256, utf8, type Json } from "./encoding.ts";
import type { Alg } from "./key-pairs.ts";
import { isPurpose, isRoute, type Purpose, type Route } from "./letter-table.ts";

export const LETTER_TYPE = "wbs-letter+jwe";
export const WRITING_TYPE = "wbs-letter+jws";
const LARGEST_LETTER = 1_500_000;
const MOST_RECIPIENTS = 8;
const KID = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,99}$/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What can be wrong with a letter: the words of `LetterFault`. */
export type LetterFault =
  | "not_a_letter"
  | "too_large"
  | "wrong_report"
  | "wrong_route"
  | "wrong_purpose"
  | "wrong_letter_id"
  | "wrong_recipients"
  | "wrong_writer"
  | "unopenable"
  | "hash_mismatch"
  | "bad_signature"
  | "body_not_understood";

/** A letter that is refused; it carries nothing of the content. */
export class LetterError extends Error {
  override readonly name = "LetterError";

  constructor(readonly fault: LetterFault) {
    super(fault);
  }
}

export interface About {
  readonly report_id: string;
  readonly route: Route;
  readonly purpose: Purpose;
  readonly letter_id: string;
}

export interface Header {
  readonly about: About;
  readonly to: readonly string[];
  readonly h: string;
}

export interface Part {
  readonly alg: Alg;
  readonly element: GeneralJWE["recipients"][number];
}

export interface Letter {
  readonly header: Header;
  readonly jwe: GeneralJWE;
  readonly parts: ReadonlyMap<string, Part>;
}

/** Take a letter apart, or throw LetterError `too_large` or `not_a_letter`. */
export function parse(raw: string, limit: number = LARGEST_LETTER): Letter {
  if (utf8(raw).length > limit) throw new LetterError("too_large");
  try {
    return letter(JSON.parse(raw));
  } catch {
    throw new LetterError("not_a_letter");
  }
}

/** Give the SHA-256 of a letter in canonical JSON. */
export async function letterDigest(raw: string): Promise<Uint8Array> {
  try {
    return await sha256(utf8(canonical(JSON.parse(raw) as Json)));
  } catch {
    throw new LetterError("not_a_letter");
  }
}

function must(holds: boolean): asserts holds {
  if (!holds) throw new Error("not a letter");
}

function letter(jwe: unknown): Letter {
  must(hasExactly(jwe, "protected", "recipients", "iv", "ciphertext", "tag"));
  const { iv, tag, ciphertext } = jwe;
  must(typeof iv === "string" && typeof tag === "string" && typeof ciphertext === "string");
  must(fromB64u(iv).length === 12 && fromB64u(tag).length === 16 && fromB64u(ciphertext).length > 0);
  const { epk, ...head } = protectedHeader(jwe["protected"]);
  const parts = partsOf(jwe["recipients"], epk);
  const header = headerOf(head);
  must(canonical([...parts.keys()].sort()) === canonical(header.to));
  return { header, jwe: jwe as unknown as GeneralJWE, parts };
}

function protectedHeader(text: unknown): Record<string, unknown> {
  must(typeof text === "string");
  const json = fromUtf8(fromB64u(text));
  must(/^[\x00-\x7f]*$/.test(json));
  const head: unknown = JSON.parse(json);
  must(isObject(head));
  return head;
}

function headerOf(head: Record<string, unknown>): Header {
  must(hasExactly(head, "enc", "typ", "cty", "report_id", "route", "purpose", "letter_id", "to", "h"));
  const { to, h, report_id, route, purpose, letter_id } = head;
  must(head["enc"] === "A256GCM" && head["typ"] === LETTER_TYPE && head["cty"] === "JWT");
  must(Array.isArray(to) && to.every((kid) => typeof kid === "string"));
  must(typeof h === "string" && fromB64u(h).length === 32 && isRoute(route) && isPurpose(purpose));
  must(typeof report_id === "string" && ID.test(report_id) && typeof letter_id === "string" && ID.test(letter_id));
  return { about: { report_id, route, purpose, letter_id }, to, h };
}

function partsOf(recipients: unknown, loneEpk: unknown): Map<string, Part> {
  must(Array.isArray(recipients) && recipients.length > 0 && recipients.length <= MOST_RECIPIENTS);
  must(loneEpk === undefined || recipients.length === 1);
  const parts = new Map<string, Part>(recipients.map((element) => part(element, loneEpk)));
  must(parts.size === recipients.length);
  return parts;
}

function part(element: unknown, loneEpk: unknown): [string, Part] {
  must(hasExactly(element, "header", "encrypted_key"));
  const { header, encrypted_key } = element;
  must(hasExactly(header, "alg", "kid") || hasExactly(header, "alg", "kid", "epk"));
  const { alg, kid } = header;
  must(typeof kid === "string" && KID.test(kid) && (alg === "RSA-OAEP-256" || alg === "ECDH-ES+A256KW"));
  must(typeof encrypted_key === "string" && fromB64u(encrypted_key).length > 0);
  must(("epk" in header || loneEpk !== undefined) === (alg === "ECDH-ES+A256KW"));
  must(!("epk" in header && loneEpk !== undefined));
  return [kid, { alg, element: element as unknown as Part["element"] }];
}

/** Write the protected header: it binds what JWE alone leaves open. */
export async function headerFor(about: About, to: readonly string[], writing: string) {
  const h = b64u(await sha256(utf8(writing)));
  return { enc: "A256GCM", typ: LETTER_TYPE, cty: "JWT", ...about, to: [...to], h };
}
