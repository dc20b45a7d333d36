/** Receipt codes, made on the reporter's device; the twin of `contracts.receipts`. */

import { CompactEncrypt, compactDecrypt } from "jose";
import { b64u, fromUtf8, isObject, parseObject, sha256, utf8, type Bytes } from "./encoding.ts";
import { EncryptionKey, SigningKey } from "./key-pairs.ts";

const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECK_SYMBOLS = `${SYMBOLS}*~$=U`;
const BYTES = 13;
const LENGTH = 20;
const LOCATOR_INFO = "wbs-batanghari receipt locator v1";
const KEY_INFO = "wbs-batanghari receipt key v1";

/** Not a receipt code: another length, another character, or one was mistyped. */
export class BadReceiptCode extends Error {
  override readonly name = "BadReceiptCode";
}

/** The locked keys don't open with this receipt code. */
export class CannotUnlock extends Error {
  override readonly name = "CannotUnlock";
}

export interface ReporterSecrets {
  readonly encryption: EncryptionKey;
  readonly signing: SigningKey;
}

export const newReporterSecrets = async (): Promise<ReporterSecrets> => ({
  encryption: await EncryptionKey.generate("reporter-enc"),
  signing: await SigningKey.generate("reporter-sig"),
});

/** A receipt code by its 100 bits; `code()` gives it as people write it down. */
export class Receipt {
  readonly #value: bigint;

  private constructor(value: bigint) {
    this.#value = value;
  }

  static generate(): Receipt {
    const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
    return new Receipt(bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n) & ((1n << 100n) - 1n));
  }

  /** Read a code as people type it: lower case, spaces, O for 0, I and L for 1. BadReceiptCode otherwise. */
  static parse(typed: string): Receipt {
    const text = typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
    const values = Array.from(text.slice(0, LENGTH), (symbol) => SYMBOLS.indexOf(symbol));
    if (text.length !== LENGTH + 1 || values.includes(-1)) throw new BadReceiptCode("not a receipt code");
    const value = values.reduce((sum, digit) => sum * 32n + BigInt(digit), 0n);
    if (CHECK_SYMBOLS[Number(value % 37n)] !== text[LENGTH]) throw new BadReceiptCode("a symbol is mistyped");
    return new Receipt(value);
  }

  code(): string {
    const digits = Array.from({ length: LENGTH }, (_, at) => Number((this.#value >> BigInt(95 - 5 * at)) & 31n));
    const symbols = digits.map((digit) => SYMBOLS[digit]).join("");
    return `${symbols.replace(/(.{4})/g, "$1-")}${CHECK_SYMBOLS[Number(this.#value % 37n)]}`;
  }

  /** What the server is asked by. */
  async locator(): Promise<string> {
    return b64u(await this.#derive(LOCATOR_INFO));
  }

  /** What the server keeps. */
  async locatorHash(): Promise<string> {
    return b64u(await sha256(utf8(await this.locator())));
  }

  /** Lock the reporter's private keys (`dir`, A256GCM) for the server to keep. */
  async lock(secrets: ReporterSecrets): Promise<string> {
    const keys = { enc: await secrets.encryption.privateJwk(), sig: await secrets.signing.privateJwk() };
    const locking = new CompactEncrypt(utf8(JSON.stringify(keys))).setProtectedHeader({ alg: "dir", enc: "A256GCM" });
    return locking.encrypt(await this.#derive(KEY_INFO));
  }

  /** Get the private keys back; CannotUnlock if they are another code's, or changed. */
  async unlock(locked: string): Promise<ReporterSecrets> {
    try {
      const algorithms = { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] };
      const { plaintext } = await compactDecrypt(locked, await this.#derive(KEY_INFO), algorithms);
      const { enc, sig } = parseObject(fromUtf8(plaintext));
      if (!isObject(enc) || !isObject(sig)) throw new CannotUnlock();
      const encryption = await EncryptionKey.fromJwk("reporter-enc", enc);
      return { encryption, signing: await SigningKey.fromJwk("reporter-sig", sig) };
    } catch {
      throw new CannotUnlock("the keys don't open with this code");
    }
  }

  async #derive(info: string): Promise<Bytes> {
    const bytes = Uint8Array.from({ length: BYTES }, (_, at) => Number((this.#value >> BigInt(96 - 8 * at)) & 255n));
    const key = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits"]);
    const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8(info) };
    return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
  }
}
