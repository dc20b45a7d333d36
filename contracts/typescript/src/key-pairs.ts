/** P-256 pairs in WebCrypto, and public keys of others; the twin of `contracts.key_pairs`. */

import { importJWK, type CryptoKey as JoseKey, type JWK } from "jose";
import { fromB64u } from "./encoding.ts";

export type Alg = "RSA-OAEP-256" | "ECDH-ES+A256KW";
export type PublicJwk = Readonly<Record<string, string>>;

export class BadKey extends Error {
  override readonly name = "BadKey";
}

const MEMBERS: Readonly<Record<string, readonly string[]>> = { EC: ["kty", "crv", "x", "y"], RSA: ["kty", "n", "e"] };
const SMALLEST_RSA_BYTES = 384;
const P256_COORDINATE = /^[A-Za-z0-9_-]{43}$/; // 32 bytes: RFC 7518, section 6.2.1.2

const isP256 = (jwk: PublicJwk): boolean =>
  jwk["crv"] === "P-256" && [jwk["x"], jwk["y"]].every((each) => P256_COORDINATE.test(each ?? ""));

/** Keep the required members of RFC 7638: WebCrypto adds `key_ops` and `ext`, which joserfc refuses. */
export function publicMembers(jwk: Readonly<Record<string, unknown>>): PublicJwk {
  const names = MEMBERS[String(jwk["kty"])];
  if (!names || names.some((name) => typeof jwk[name] !== "string")) throw new BadKey("no public key");
  return Object.fromEntries(names.map((name) => [name, jwk[name] as string]));
}

/** Keep the public members of a P-256 key, about 130 bytes, or throw BadKey: what may go on of a stranger's key. */
export async function p256Members(jwk: Readonly<Record<string, unknown>>): Promise<PublicJwk> {
  const key = new PublicKey("", jwk);
  await key.forVerifying(); // only a point of the curve can be imported
  return key.jwk;
}

/** A public key by its kid. BadKey if it is too weak or no key. */
export class PublicKey {
  readonly jwk: PublicJwk;

  constructor(
    readonly kid: string,
    jwk: Readonly<Record<string, unknown>>,
  ) {
    this.jwk = publicMembers(jwk);
    if (this.jwk["kty"] === "EC" && !isP256(this.jwk)) throw new BadKey("not P-256");
    if (this.jwk["kty"] === "RSA" && fromB64u(this.jwk["n"] ?? "").length < SMALLEST_RSA_BYTES)
      throw new BadKey("RSA below 3072 bits");
  }

  /** The one way to wrap a content key for it: it follows from the key, never from a letter. */
  get alg(): Alg {
    return this.jwk["kty"] === "RSA" ? "RSA-OAEP-256" : "ECDH-ES+A256KW";
  }

  async forSealing(): Promise<JoseKey> {
    return imported(this.jwk, this.alg);
  }

  async forVerifying(): Promise<JoseKey> {
    if (this.jwk["kty"] !== "EC") throw new BadKey("not a signing key");
    return imported(this.jwk, "ES256");
  }
}

async function imported(jwk: PublicJwk, alg: string): Promise<JoseKey> {
  try {
    return (await importJWK(jwk as unknown as JWK, alg)) as JoseKey;
  } catch {
    throw new BadKey("it can't be imported");
  }
}

interface Pair {
  readonly public: PublicKey;
  readonly privateKey: CryptoKey;
}

/** A pair of our own that opens what is sealed to it by ECDH-ES+A256KW. */
export class EncryptionKey implements Pair {
  readonly alg: Alg = "ECDH-ES+A256KW";

  readonly public: PublicKey;

  private constructor(
    publicKey: PublicKey,
    readonly privateKey: CryptoKey,
  ) {
    this.public = publicKey;
  }

  get kid(): string {
    return this.public.kid;
  }

  static async generate(kid: string): Promise<EncryptionKey> {
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    return new EncryptionKey(await publicOf(kid, pair.publicKey), pair.privateKey);
  }

  static async fromJwk(kid: string, jwk: Readonly<Record<string, unknown>>): Promise<EncryptionKey> {
    const own = await privateKey(jwk, { name: "ECDH", namedCurve: "P-256" }, "deriveBits");
    return new EncryptionKey(new PublicKey(kid, jwk), own);
  }

  privateJwk(): Promise<PublicJwk> {
    return privateMembers(this);
  }
}

/** A pair of our own that signs by ES256. */
export class SigningKey implements Pair {
  readonly public: PublicKey;

  private constructor(
    publicKey: PublicKey,
    readonly privateKey: CryptoKey,
  ) {
    this.public = publicKey;
  }

  get kid(): string {
    return this.public.kid;
  }

  /** Made for "sign" and "verify": with "sign" alone the exported public JWK has `key_ops: []`, and verifies nothing. */
  static async generate(kid: string): Promise<SigningKey> {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    return new SigningKey(await publicOf(kid, pair.publicKey), pair.privateKey);
  }

  static async fromJwk(kid: string, jwk: Readonly<Record<string, unknown>>): Promise<SigningKey> {
    const own = await privateKey(jwk, { name: "ECDSA", namedCurve: "P-256" }, "sign");
    return new SigningKey(new PublicKey(kid, jwk), own);
  }

  privateJwk(): Promise<PublicJwk> {
    return privateMembers(this);
  }
}

async function publicOf(kid: string, key: CryptoKey): Promise<PublicKey> {
  return new PublicKey(kid, { ...(await crypto.subtle.exportKey("jwk", key)) });
}

async function privateKey(
  jwk: Readonly<Record<string, unknown>>,
  algorithm: EcKeyImportParams,
  usage: KeyUsage,
): Promise<CryptoKey> {
  if (typeof jwk["d"] !== "string") throw new BadKey("no private key");
  try {
    return await crypto.subtle.importKey("jwk", { ...publicMembers(jwk), d: jwk["d"] }, algorithm, true, [usage]);
  } catch {
    throw new BadKey("it can't be imported");
  }
}

/** Export with the secret member `d`: only to be locked under a receipt key. */
async function privateMembers(pair: Pair): Promise<PublicJwk> {
  const jwk = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { ...pair.public.jwk, d: jwk.d ?? "" };
}
