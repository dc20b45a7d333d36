/** Opening sealed files by ranges; the twin of `contracts.sealed_files`, which explains the format. */

import { concat, fromB64u, utf8, type Bytes } from "./encoding.ts";

const SEGMENT = 1 << 20;
const HEADER = 40;
const TAG = 16;

/** Offset and length in the sealed object -> its bytes. */
export type ReadRange = (offset: number, length: number) => Promise<Uint8Array>;

/** The sealed file was cut or changed, or is sealed with another key or for another purpose. */
export class CannotOpenFile extends Error {
  override readonly name = "CannotOpenFile";
}

/** Opens any range of a sealed object; a cut object is refused before a byte of it is shown. */
export class RangeReader {
  private constructor(
    private readonly source: ReadRange,
    private readonly sealedSize: number,
    private readonly prefix: Uint8Array,
    private readonly key: CryptoKey,
  ) {}

  /** `secret`: the key as it stands in a letter (base64url); `context`: what the file was sealed with. */
  static async open(source: ReadRange, sealedSize: number, secret: string, context: string): Promise<RangeReader> {
    const header = await exactly(source, 0, HEADER);
    if (header[0] !== HEADER || sealedSize < HEADER + TAG) throw new CannotOpenFile("no sealed file");
    const key = await derived(fromB64u(secret), header.slice(1, 33), context);
    const reader = new RangeReader(source, sealedSize, header.slice(33), key);
    await reader.segment(reader.last);
    return reader;
  }

  private get last(): number {
    return Math.floor((this.sealedSize - 1) / SEGMENT);
  }

  /** The size of the plain file. */
  get size(): number {
    return this.sealedSize - HEADER - TAG * (this.last + 1);
  }

  /** Give the plain bytes of [offset, offset + length), fewer at the end of the file. */
  async read(offset: number, length: number): Promise<Bytes> {
    const end = Math.min(offset + length, this.size);
    if (offset < 0 || offset >= end) return new Uint8Array(0);
    const [first, last] = [segmentOf(offset), segmentOf(end - 1)];
    const segments: Uint8Array[] = [];
    for (let number = first; number <= last; number++) segments.push(await this.segment(number));
    const start = offset - plainStart(first);
    return concat(...segments).slice(start, start + end - offset);
  }

  private async segment(number: number): Promise<Uint8Array> {
    const start = Math.max(number * SEGMENT, HEADER);
    const sealed = await exactly(this.source, start, Math.min((number + 1) * SEGMENT, this.sealedSize) - start);
    const nonce = new Uint8Array(12);
    nonce.set(this.prefix);
    new DataView(nonce.buffer).setUint32(7, number);
    nonce[11] = number === this.last ? 1 : 0;
    try {
      return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, this.key, sealed));
    } catch {
      throw new CannotOpenFile("cut, changed or another key");
    }
  }
}

async function derived(secret: Bytes, salt: Bytes, context: string): Promise<CryptoKey> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info: utf8(context) };
  return crypto.subtle.deriveKey(parameters, key, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
}

async function exactly(source: ReadRange, offset: number, length: number): Promise<Bytes> {
  const data = new Uint8Array(await source(offset, length));
  if (data.length !== length) throw new CannotOpenFile("cut");
  return data;
}

const segmentOf = (plainOffset: number): number => {
  const first = SEGMENT - HEADER - TAG;
  return plainOffset < first ? 0 : 1 + Math.floor((plainOffset - first) / (SEGMENT - TAG));
};

const plainStart = (segment: number): number => (segment === 0 ? 0 : segment * (SEGMENT - TAG) - HEADER);
