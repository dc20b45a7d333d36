/** Compact JWS with ES256, whose `typ` says what it is; the twin of `contracts.signatures`. */

import { CompactSign, compactVerify } from "jose";
import { fromB64u, fromUtf8, hasExactly, parseObject, type Bytes } from "./encoding.ts";
import { PublicKey, type PublicJwk, type SigningKey } from "./key-pairs.ts";

/** Gives the key that verifies a kid, if it is known. */
export type Writers = (kid: string) => PublicKey | undefined;

export class BadSignature extends Error {
  override readonly name = "BadSignature";
}

export interface Verified {
  readonly kid: string;
  readonly payload: Bytes;
}

export async function signText(payload: Bytes, signer: SigningKey, typ: string, jwk?: PublicJwk): Promise<string> {
  const header = { alg: "ES256", kid: signer.kid, typ, ...(jwk ? { jwk } : {}) };
  return new CompactSign(payload).setProtectedHeader(header).sign(signer.privateKey);
}

/** Verify; BadSignature unless the header is exactly alg, kid and this typ, and the kid's key has signed. */
export async function verifyText(text: string, writers: Writers, typ: string): Promise<Verified> {
  const header = headerOf(text);
  if (!hasExactly(header, "alg", "kid", "typ") || typeof header["kid"] !== "string") throw new BadSignature("header");
  const key = writers(header["kid"]);
  if (!key) throw new BadSignature("a key that is not known");
  return verified(text, header, key, typ);
}

/** Verify by the key in the header, once `trusted` has accepted that key (a pinned fingerprint). */
export async function verifyEmbedded(
  text: string,
  trusted: (key: PublicKey) => Promise<boolean>,
  typ: string,
): Promise<Verified> {
  const header = headerOf(text);
  if (!hasExactly(header, "alg", "kid", "typ", "jwk") || typeof header["kid"] !== "string")
    throw new BadSignature("header");
  const key = embeddedKey(header["kid"], header["jwk"]);
  if (!(await trusted(key))) throw new BadSignature("a key that is not trusted");
  return verified(text, header, key, typ);
}

/** Give the payload without verifying: only for a text that brings its own key (a story). */
export function unverifiedPayload(text: string): Bytes {
  try {
    return fromB64u(text.split(".")[1] ?? "");
  } catch {
    throw new BadSignature("not a signed text");
  }
}

function embeddedKey(kid: string, jwk: unknown): PublicKey {
  try {
    return new PublicKey(kid, jwk as Record<string, unknown>);
  } catch {
    throw new BadSignature("the header's key is none");
  }
}

function headerOf(text: string): Record<string, unknown> {
  try {
    return parseObject(fromUtf8(fromB64u(text.split(".")[0] ?? "")));
  } catch {
    throw new BadSignature("not a signed text");
  }
}

async function verified(text: string, header: Record<string, unknown>, key: PublicKey, typ: string): Promise<Verified> {
  if (header["alg"] !== "ES256" || header["typ"] !== typ) throw new BadSignature("another kind of text");
  try {
    const { payload } = await compactVerify(text, await key.forVerifying(), { algorithms: ["ES256"] });
    return { kid: key.kid, payload: new Uint8Array(payload) };
  } catch {
    throw new BadSignature("the signature does not stand");
  }
}
