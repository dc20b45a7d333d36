/** The keys that all trust, and the check keys; the twin of `contracts.keys`. */

import { b64u, canonical, fromB64u, fromUtf8, isObject, parseObject, sha256, utf8 } from "./encoding.ts";
import { PublicKey, publicMembers } from "./key-pairs.ts";
import { ownerOf } from "./letter-table.ts";
import type { Recipients } from "./letters.ts";
import { BadSignature, verifyEmbedded, verifyText, type Verified } from "./signatures.ts";

const KEY_SET_TYPE = "wbs-key-set+jws";
const CHECK_KEYS_TYPE = "wbs-check-keys+jws";
const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export type KeySetFault = "wrong_fingerprint" | "changed" | "too_old";

/** A key set that must not be trusted. */
export class KeySetError extends Error {
  override readonly name = "KeySetError";

  constructor(readonly fault: KeySetFault) {
    super(fault);
  }
}

interface ListedKey {
  readonly key: PublicKey;
  readonly use: "enc" | "sig";
  readonly active: boolean;
}

/** A verified list of keys. */
export class KeySet {
  constructor(
    readonly version: number,
    readonly listed: readonly ListedKey[],
  ) {}

  /** Give the active encryption keys by recipient, the best first. */
  recipients(): Recipients {
    const found: Record<string, PublicKey[]> = {};
    for (const { key, use, active } of this.listed)
      if (use === "enc" && active) (found[ownerOf(key.kid)] ??= []).push(key);
    return found;
  }

  /** Give the key that verifies what `kid` signed, retired ones too. */
  verificationKey(kid: string): PublicKey | undefined {
    return this.listed.find(({ key, use }) => key.kid === kid && use === "sig")?.key;
  }

  activeVerificationKey(kid: string): PublicKey | undefined {
    return this.listed.find(({ key, use, active }) => key.kid === kid && use === "sig" && active)?.key;
  }
}

/** Verify people-keys.jws with the pinned fingerprint or throw a KeySetError. */
export async function verifyKeySet(text: string, fingerprint: string, atLeastVersion: number = 0): Promise<KeySet> {
  let fault: KeySetFault = "changed";
  const pinned = async (key: PublicKey): Promise<boolean> => {
    const fits = (await thumbprint(key.jwk)) === fingerprint;
    if (!fits) fault = "wrong_fingerprint";
    return fits;
  };
  const verified = await verifyEmbedded(text, pinned, KEY_SET_TYPE).catch((error: unknown) => {
    throw error instanceof BadSignature ? new KeySetError(fault) : error;
  });
  return notOlder(listed(verified), atLeastVersion);
}

/** Verify the check keys and give them as recipients: for `identity-check` and nobody else. */
export async function verifyCheckKeys(text: string, people: KeySet, atLeastVersion: number = 0): Promise<Recipients> {
  const signers = (kid: string) => (ownerOf(kid) === "check-keys" ? people.activeVerificationKey(kid) : undefined);
  const verified = await verifyText(text, signers, CHECK_KEYS_TYPE).catch((error: unknown) => {
    throw error instanceof BadSignature ? new KeySetError("changed") : error;
  });
  const checks = listed(verified);
  if (checks.listed.some(({ key, use }) => ownerOf(key.kid) !== "identity-check" || use !== "enc"))
    throw new KeySetError("changed");
  return notOlder(checks, atLeastVersion).recipients();
}

/** Give the RFC 7638 thumbprint of a key: what settings pin. */
export async function thumbprint(jwk: Readonly<Record<string, unknown>>): Promise<string> {
  return b64u(await sha256(utf8(canonical(publicMembers(jwk)))));
}

/** Give a fingerprint as posters print it: its first 125 bits in Crockford's base32, five groups of five. */
export function readable(fingerprint: string): string {
  const bits = fromB64u(fingerprint).reduce((value, byte) => value * 256n + BigInt(byte), 0n) >> 131n;
  const symbols = Array.from({ length: 25 }, (_, at) => SYMBOLS[Number((bits >> BigInt(120 - 5 * at)) & 31n)]);
  return (symbols.join("").match(/.{5}/g) ?? []).join(" ");
}

function notOlder(keys: KeySet, atLeastVersion: number): KeySet {
  if (keys.version < atLeastVersion) throw new KeySetError("too_old");
  return keys;
}

function listed(verified: Verified): KeySet {
  try {
    const { version, keys } = parseObject(fromUtf8(verified.payload));
    if (!Number.isSafeInteger(version) || !Array.isArray(keys)) throw new Error("no key set");
    const found = keys.map(listedKey);
    if (new Set(found.map(({ key, use }) => `${use} ${key.kid}`)).size !== found.length) throw new Error("a kid stands twice");
    return new KeySet(version as number, found);
  } catch {
    throw new KeySetError("changed");
  }
}

function listedKey(entry: unknown): ListedKey {
  if (!isObject(entry) || typeof entry["kid"] !== "string" || !isObject(entry["jwk"])) throw new Error("no key");
  const { kid, use, status, jwk } = entry;
  if ((use !== "enc" && use !== "sig") || (status !== "active" && status !== "retired")) throw new Error("no key");
  return { key: new PublicKey(kid as string, jwk as Record<string, unknown>), use, active: status === "active" };
}
