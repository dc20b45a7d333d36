/** What letters say, for the letters that a reporter's device writes and reads; the twin of `contracts.letters.bodies`. */

import { isObject } from "./encoding.ts";
import type { PublicJwk } from "./key-pairs.ts";
import type { Purpose } from "./letter-table.ts";

export interface EvidenceNote {
  readonly evidence_id: string;
  readonly kind: string;
  readonly name: string;
  readonly description: string;
}

/** The reporter's public keys: letters that bring them are verified by `signing`. */
export interface ReporterKeys {
  readonly encryption: PublicJwk;
  readonly signing: PublicJwk;
}

export interface Story {
  readonly text: string;
  readonly answers: Readonly<Record<string, string>>;
  readonly evidence: readonly EvidenceNote[];
  readonly reporter_keys: ReporterKeys;
}

export interface Message {
  readonly text: string;
  readonly evidence: readonly EvidenceNote[];
}

export interface Person {
  readonly nik: string;
  readonly full_name: string;
  readonly birth_date: string;
  readonly sex: "L" | "P";
  readonly address: string;
  readonly phone: string;
  readonly email: string;
  readonly occupation: string;
}

/** `ktp_photo`: a JPEG of at most 400 kB in standard base64. */
export interface OfferedIdentity {
  readonly person: Person;
  readonly ktp_photo: string;
  readonly reporter_keys: ReporterKeys;
}

export interface Enclosed {
  readonly letter: Readonly<Record<string, unknown>>;
}

export const isEnclosed = (body: unknown): body is Enclosed => isObject(body) && isObject(body["letter"]);

const isText = (value: unknown): value is string => typeof value === "string";

const isNote = (note: unknown): note is EvidenceNote =>
  isObject(note) && ["evidence_id", "kind", "name", "description"].every((name) => isText(note[name]));

export const isMessage = (body: unknown): body is Message =>
  isObject(body) && isText(body["text"]) && Array.isArray(body["evidence"]) && body["evidence"].every(isNote);

/** Say whether a body brings its writer's keys. */
export const isIntroduction = (body: unknown): body is { readonly reporter_keys: ReporterKeys } =>
  isObject(body) &&
  isObject(body["reporter_keys"]) &&
  isObject(body["reporter_keys"]["encryption"]) &&
  isObject(body["reporter_keys"]["signing"]);

export const isOfferedIdentity = (body: unknown): body is OfferedIdentity =>
  isIntroduction(body) &&
  isObject((body as unknown as OfferedIdentity).person) &&
  Object.values((body as unknown as OfferedIdentity).person).every(isText) &&
  isText((body as unknown as OfferedIdentity).ktp_photo);

export const isStory = (body: unknown): body is Story =>
  isMessage(body) &&
  isObject((body as unknown as Story).answers) &&
  Object.values((body as unknown as Story).answers).every(isText) &&
  isIntroduction(body);

/** Say whether a body is of its purpose's shape. Bodies that only servers and KPK read are objects here, no more. */
export function isBodyOf(purpose: Purpose, body: unknown): boolean {
  if (purpose === "story") return isStory(body);
  if (purpose === "identity-offer") return isOfferedIdentity(body);
  if (purpose === "message-from-reporter" || purpose === "message-to-reporter") return isMessage(body);
  return isObject(body);
}
