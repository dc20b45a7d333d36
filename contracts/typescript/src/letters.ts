/** Writing, checking and opening letters; the twin of `contracts.letters`. */

import { GeneralEncrypt, generalDecrypt } from "jose";
import { isBodyOf, isEnclosed, isIntroduction, type ReporterKeys } from "./bodies.ts";
import { b64u, canonical, fromUtf8, hasExactly, paddedLength, parseObject, sha256, utf8, type Json } from "./encoding.ts";
import { p256Members, PublicKey, type EncryptionKey, type SigningKey } from "./key-pairs.ts";
import {
  headerFor,
  LetterError,
  parse,
  WRITING_TYPE,
  type About,
  type Header,
  type Letter,
  type LetterFault,
} from "./letter-format.ts";
import { bodyLimit, layersOf, mayWrite, ownerOf, type Purpose, type Route } from "./letter-table.ts";
import { signText, unverifiedPayload, verifyText, type Verified, type Writers } from "./signatures.ts";

/** Recipient -> keys that a letter to them may use, the best first. */
export type Recipients = Readonly<Record<string, readonly PublicKey[]>>;

export interface Expected {
  readonly report_id: string;
  readonly route: Route;
  readonly purpose: Purpose;
  readonly letter_id?: string;
  readonly layer?: number;
}

export interface Opened {
  readonly about: About;
  readonly writer: string;
  readonly body: unknown;
  /** The signed text, to be sealed anew as it stands. */
  readonly writing: string;
}

/** Write a letter: signed, padded, sealed to everybody whom the letter table names. */
export async function sealLetter(
  body: Json,
  about: About,
  known: Recipients,
  signer: SigningKey,
  layer: number = 0,
): Promise<string> {
  const innermost = layer === layersOf(about.purpose, about.route).length - 1;
  if (!(innermost ? isBodyOf(about.purpose, body) : isEnclosed(body))) throw new LetterError("body_not_understood");
  if (!mayWrite(about.purpose, about.route, ownerOf(signer.kid))) throw new LetterError("wrong_writer");
  if (innermost && utf8(canonical(body)).length > bodyLimit(about.purpose)) throw new LetterError("too_large");
  const writing = await signText(utf8(padded({ ...about, body })), signer, WRITING_TYPE);
  return sealWriting(writing, about, known, layer);
}

/** Seal a signed writing (again): the same writing keeps its writer's signature and the header's `h`. */
export async function sealWriting(writing: string, about: About, known: Recipients, layer: number = 0): Promise<string> {
  const { keys, limit } = addressed(known, about, layer);
  const to = keys.map((key) => key.kid).sort();
  const jwe = new GeneralEncrypt(utf8(writing)).setProtectedHeader(await headerFor(about, to, writing));
  for (const key of keys) jwe.addRecipient(await key.forSealing()).setUnprotectedHeader({ alg: key.alg, kid: key.kid });
  const sealed = canonical((await jwe.encrypt()) as unknown as Json);
  if (sealed.length > limit) throw new LetterError("too_large");
  return sealed;
}

export const readHeader = (raw: string): Header => parse(raw).header;

/** Check all that can be checked of a closed letter. */
export function checkLetter(raw: string, expected: Expected, known: Recipients): Header {
  const letter = parsed(raw, expected);
  const accepted = namesOf(expected).flatMap((name) => known[name] ?? []);
  for (const [kid, part] of letter.parts)
    if (!accepted.some((key) => key.kid === kid && key.alg === part.alg)) throw new LetterError("wrong_recipients");
  return letter.header;
}

/** Open a letter with one recipient's key and check everything; each fault is a LetterError with its own word. */
export async function openLetter(
  raw: string,
  expected: Expected,
  opener: EncryptionKey,
  writers: Writers,
): Promise<Opened> {
  const letter = parsed(raw, expected);
  return believe(await unseal(letter, opener), letter.header.about, expected, writers);
}

/** Open a letter that brings the reporter's keys (a story, an identity offer) and is verified by them. */
export async function openIntroduction(raw: string, expected: Expected, opener: EncryptionKey): Promise<Opened> {
  const letter = parsed(raw, expected);
  const writing = await unseal(letter, opener);
  return believe(writing, letter.header.about, expected, reporterWriters(keysIn(writing).signing));
}

/** Give the lookup that knows the reporter's own signing key only. */
export function reporterWriters(signing: Readonly<Record<string, unknown>>): Writers {
  const key = orFault(() => reporterKey(signing), "bad_signature");
  return (kid) => (kid === key.kid ? key : undefined);
}

function reporterKey(signing: Readonly<Record<string, unknown>>): PublicKey {
  const key = new PublicKey("reporter-sig", signing);
  if (key.jwk["kty"] !== "EC") throw new LetterError("bad_signature");
  return key;
}

/** Give the inner letter of a peeled pair, to hand on to the second person. */
export function enclosedLetter(opened: Opened): string {
  if (!isEnclosed(opened.body)) throw new LetterError("not_a_letter");
  const { letter } = opened.body;
  return orFault(() => canonical(letter as Json), "not_a_letter");
}

function padded(content: { readonly [name: string]: Json }): string {
  const bare = utf8(JSON.stringify({ ...content, pad: "" })).length;
  return JSON.stringify({ ...content, pad: "0".repeat(paddedLength(bare) - bare) });
}

function addressed(known: Recipients, about: About, layer: number): { keys: PublicKey[]; limit: number } {
  const terms = layersOf(about.purpose, about.route)[layer];
  if (!terms) throw new LetterError("wrong_purpose");
  const keys = terms.to.map((name) => known[name]?.[0]);
  if (keys.some((key) => !key)) throw new LetterError("wrong_recipients");
  return { keys: keys as PublicKey[], limit: terms.sealed_limit };
}

function namesOf(expected: Expected): readonly string[] {
  return layersOf(expected.purpose, expected.route)[expected.layer ?? 0]?.to ?? [];
}

function parsed(raw: string, expected: Expected): Letter {
  const layer = layersOf(expected.purpose, expected.route)[expected.layer ?? 0];
  if (!layer) throw new LetterError("wrong_purpose");
  const letter = parse(raw, layer.sealed_limit);
  compare(letter.header.about, expected);
  const owners = [...letter.parts.keys()].map(ownerOf).sort();
  if (canonical(owners) !== canonical([...layer.to].sort())) throw new LetterError("wrong_recipients");
  return letter;
}

function compare(about: About, expected: Expected): void {
  if (about.report_id !== expected.report_id) throw new LetterError("wrong_report");
  if (about.route !== expected.route) throw new LetterError("wrong_route");
  if (about.purpose !== expected.purpose) throw new LetterError("wrong_purpose");
  if (expected.letter_id !== undefined && about.letter_id !== expected.letter_id)
    throw new LetterError("wrong_letter_id");
}

async function unseal(letter: Letter, opener: EncryptionKey): Promise<string> {
  const part = letter.parts.get(opener.kid);
  if (!part || part.alg !== opener.alg) throw new LetterError("wrong_recipients");
  const plain = await decrypted(letter, part.element, opener);
  if (b64u(await sha256(new Uint8Array(plain))) !== letter.header.h) throw new LetterError("hash_mismatch");
  return orFault(() => fromUtf8(plain), "bad_signature");
}

async function decrypted(
  letter: Letter,
  element: Letter["jwe"]["recipients"][number],
  opener: EncryptionKey,
): Promise<Uint8Array> {
  const algorithms = { keyManagementAlgorithms: [opener.alg], contentEncryptionAlgorithms: ["A256GCM"] };
  try {
    return (await generalDecrypt({ ...letter.jwe, recipients: [element] }, opener.privateKey, algorithms)).plaintext;
  } catch {
    throw new LetterError("unopenable");
  }
}

async function believe(writing: string, outside: About, expected: Expected, writers: Writers): Promise<Opened> {
  const signed = await verifiedWriting(writing, writers);
  const { body, ...inside } = contentOf(signed.payload);
  compare(inside as unknown as About, outside);
  if (!mayWrite(outside.purpose, outside.route, ownerOf(signed.kid))) throw new LetterError("wrong_writer");
  checkBody(body, expected);
  return { about: outside, writer: signed.kid, body: await knownMembers(body), writing };
}

/** Cut the keys that a body brings down to what is one: whoever goes on with them carries nothing else. */
async function knownMembers(body: unknown): Promise<unknown> {
  if (!isIntroduction(body)) return body;
  const { encryption, signing } = body.reporter_keys;
  try {
    return { ...body, reporter_keys: { encryption: await p256Members(encryption), signing: await p256Members(signing) } };
  } catch {
    throw new LetterError("body_not_understood");
  }
}

async function verifiedWriting(writing: string, writers: Writers): Promise<Verified> {
  try {
    return await verifyText(writing, writers, WRITING_TYPE);
  } catch {
    throw new LetterError("bad_signature");
  }
}

function contentOf(payload: Uint8Array): Record<string, unknown> {
  const content = orFault(() => parseObject(fromUtf8(payload)), "body_not_understood");
  if (!hasExactly(content, "report_id", "route", "purpose", "letter_id", "body", "pad"))
    throw new LetterError("body_not_understood");
  return content;
}

function checkBody(body: unknown, expected: Expected): void {
  const innermost = (expected.layer ?? 0) === layersOf(expected.purpose, expected.route).length - 1;
  if (!(innermost ? isBodyOf(expected.purpose, body) : isEnclosed(body))) throw new LetterError("body_not_understood");
  const size = orFault(() => utf8(canonical(body as Json)).length, "body_not_understood");
  if (innermost && size > bodyLimit(expected.purpose)) throw new LetterError("too_large");
}

function keysIn(writing: string): ReporterKeys {
  const payload = orFault(() => unverifiedPayload(writing), "bad_signature");
  const { body } = contentOf(payload);
  if (!isIntroduction(body)) throw new LetterError("body_not_understood");
  return body.reporter_keys;
}

function orFault<T>(make: () => T, fault: LetterFault): T {
  try {
    return make();
  } catch {
    throw new LetterError(fault);
  }
}
