/** Bytes and text as both languages write them; the twin of `contracts.encoding`. */

export type Bytes = Uint8Array<ArrayBuffer>;
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const SMALLEST_PADDED = 1024;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

/** Decode UTF-8; TypeError for anything else. */
export const fromUtf8 = (data: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(data);

export function b64u(data: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < data.length; at += 8192) binary += String.fromCharCode(...data.subarray(at, at + 8192));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Decode base64url without padding; Error for any other character, or another spelling of the same bytes. */
export function fromB64u(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error("not base64url");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const data = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (b64u(data) !== text) throw new Error("not canonical base64url");
  return data;
}

export const sha256 = async (data: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", data));

export const hex = (data: Uint8Array): string =>
  Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function fromHex(text: string): Bytes {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Error("not hex");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Serialise by RFC 8785, for what we use of JSON: ASCII member names, and no number but integers. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") return canonicalMembers(value as { readonly [name: string]: Json });
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new TypeError("no float in canonical JSON here");
  return JSON.stringify(value);
}

function canonicalMembers(members: { readonly [name: string]: Json }): string {
  const names = Object.keys(members).sort();
  if (names.some((name) => /[^\x00-\x7f]/.test(name))) throw new TypeError("ASCII member names only");
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(members[name] as Json)}`).join(",")}}`;
}

/** Parse JSON that must be an object. */
export function parseObject(text: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(text);
  if (!isObject(parsed)) throw new Error("not an object");
  return parsed;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Say whether `value` is an object with exactly these members. */
export const hasExactly = (value: unknown, ...names: readonly string[]): value is Record<string, unknown> =>
  isObject(value) && Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));

/** Give the Padmé length (Nikitin et al., PURBs, 2019, section 4). */
export function paddedLength(bare: number): number {
  const length = Math.max(bare, SMALLEST_PADDED);
  const exponent = 31 - Math.clz32(length);
  const mask = 2 ** (exponent - (32 - Math.clz32(exponent))) - 1;
  return length + mask - ((length + mask) % (mask + 1));
}
