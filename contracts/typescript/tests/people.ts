/** The people of the test vectors, whose keys are published in contracts/vectors and good for nothing else. */

import { readFileSync } from "node:fs";
import { EncryptionKey, ownerOf, PublicKey, SigningKey, type Recipients, type Writers } from "../src/index.ts";

type Jwks = Readonly<Record<string, Readonly<Record<string, string>>>>;

const folder = new URL("../../vectors/", import.meta.url);

export const vectorUrl = (name: string): URL => new URL(name, folder);
export const vectors = <T>(name: string): T => JSON.parse(readFileSync(vectorUrl(name), "utf8")) as T;

const published = vectors<{ rsa: Jwks; encryption: Jwks; signing: Jwks }>("people.json");

const publicKeys = (jwks: Jwks): PublicKey[] => Object.entries(jwks).map(([kid, jwk]) => new PublicKey(kid, jwk));

export const known: Recipients = Object.fromEntries(
  [...publicKeys(published.rsa), ...publicKeys(published.encryption)].map((key) => [ownerOf(key.kid), [key]]),
);

const verifying = new Map(publicKeys(published.signing).map((key) => [key.kid, key]));

export const writers: Writers = (kid) => verifying.get(kid);

export const opener = (kid: string): Promise<EncryptionKey> =>
  EncryptionKey.fromJwk(kid, published.encryption[kid] ?? {});

export const signer = (kid: string): Promise<SigningKey> => SigningKey.fromJwk(kid, published.signing[kid] ?? {});

/** Say whether a browser holds this key: the others lie in OpenBao. */
export const isHeldOnDevices = (kid: string): boolean => kid in published.encryption;

export interface LetterCase {
  readonly name: string;
  readonly raw: string;
  readonly expected: {
    readonly report_id: string;
    readonly route: "inspektorat" | "kpk";
    readonly purpose: "story";
    readonly letter_id: string;
    readonly layer: number;
  };
  readonly open_as: string;
  readonly check: string;
  readonly open: string;
  readonly body?: unknown;
}
