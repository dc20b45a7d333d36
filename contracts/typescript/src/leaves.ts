/** Leaves of the public log, the promise about one, and Merkle proofs; the twin of `contracts.leaves`. */

import { canonical, concat, equal, fromHex, fromUtf8, hasExactly, parseObject, sha256, utf8, type Bytes } from "./encoding.ts";
import { verifyText, type Writers } from "./signatures.ts";

const PROMISE_TYPE = "wbs-promise+jws";
const HEAD_TYPE = "wbs-log-head+jws";
const SHA256 = /^[0-9a-f]{64}$/;

/** No promise of this intake: changed, or signed by another key. */
export class PromiseBroken extends Error {
  override readonly name = "PromiseBroken";
}

/** The proof does not lead from the leaf (or the older head) to the head. */
export class ProofFails extends Error {
  override readonly name = "ProofFails";
}

export interface Leaf {
  readonly report_id: string;
  readonly hour: string;
  readonly salt: string;
  readonly letters: readonly string[];
  readonly files: readonly string[];
}

export interface LogHead {
  readonly size: number;
  readonly root: string;
  readonly hour: string;
}

/** Give the log's entry: SHA-256 of the canonical JSON. */
export async function entryOf(leaf: Leaf): Promise<Bytes> {
  const { report_id, hour, salt, letters, files } = leaf;
  return sha256(utf8(canonical({ report_id, hour, salt, letters, files })));
}

/** Give the promised leaf; the reader compares its hashes with those of what was sent. PromiseBroken otherwise. */
export async function verifyPromise(text: string, writers: Writers): Promise<Leaf> {
  const leaf = await signedByIntake(text, writers, PROMISE_TYPE);
  if (!hasExactly(leaf, "report_id", "hour", "salt", "letters", "files") || !hashes(leaf["letters"], leaf["files"]))
    throw new PromiseBroken("no leaf");
  return leaf as unknown as Leaf;
}

/** Give a signed head of the log; PromiseBroken if it is none. */
export async function verifyHead(text: string, writers: Writers): Promise<LogHead> {
  const head = await signedByIntake(text, writers, HEAD_TYPE);
  if (!Number.isSafeInteger(head["size"]) || !hashes([head["root"]])) throw new PromiseBroken("no head");
  return head as unknown as LogHead;
}

/** Hash an entry (RFC 9162, section 2.1.1). */
export const leafHash = (entry: Uint8Array): Promise<Bytes> => sha256(concat(Uint8Array.of(0), entry));

/** Hash two subtrees (RFC 9162, section 2.1.1). */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> =>
  sha256(concat(Uint8Array.of(1), left, right));

/** Verify that `entry` is number `index` of a log of `size` entries (RFC 9162, section 2.1.3.2), or ProofFails. */
export async function verifyInclusion(
  entry: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): Promise<void> {
  if (!(index >= 0 && index < size)) throw new ProofFails("not within the log");
  const start = await leafHash(entry);
  const [found] = await climb(index, size - 1, start, start, proof);
  if (!equal(found, root)) throw new ProofFails("another root");
}

/** Verify that the newer log extends the older one (RFC 9162, section 2.1.4.2), or ProofFails. */
export async function verifyConsistency(old: LogHead, newer: LogHead, proof: readonly Uint8Array[]): Promise<void> {
  if (old.size > newer.size || (old.size === newer.size && (proof.length > 0 || old.root !== newer.root)))
    throw new ProofFails("the log shrank or changed");
  if (old.size === 0 || old.size === newer.size) {
    if (proof.length > 0) throw new ProofFails("nothing to prove");
    return;
  }
  const isPower = Number.isInteger(Math.log2(old.size));
  const [start, ...path] = isPower ? [fromHex(old.root), ...proof] : proof;
  if (!start) throw new ProofFails("no proof");
  let [at, last] = [old.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  const [second, first] = await climb(at, last, start, start, path);
  if (!equal(first, fromHex(old.root)) || !equal(second, fromHex(newer.root))) throw new ProofFails("another root");
}

const half = (number: number): number => Math.floor(number / 2);

/** Climb to the root; the second hash takes siblings on the left only, as the older log's root does. */
async function climb(
  from: number,
  lastOfAll: number,
  whole: Uint8Array,
  older: Uint8Array,
  path: readonly Uint8Array[],
): Promise<[Uint8Array, Uint8Array]> {
  let [at, last, found, first] = [from, lastOfAll, whole, older];
  for (const sibling of path) {
    if (last === 0) throw new ProofFails("too long");
    if (at % 2 === 1 || at === last) {
      [found, first] = [await nodeHash(sibling, found), await nodeHash(sibling, first)];
      while (at % 2 === 0 && at > 0) [at, last] = [half(at), half(last)];
    } else {
      found = await nodeHash(found, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0) throw new ProofFails("too short");
  return [found, first];
}

async function signedByIntake(text: string, writers: Writers, typ: string): Promise<Record<string, unknown>> {
  try {
    const onlyIntake: Writers = (kid) => (kid.split(":")[0] === "intake" ? writers(kid) : undefined);
    return parseObject(fromUtf8((await verifyText(text, onlyIntake, typ)).payload));
  } catch {
    throw new PromiseBroken("not signed by intake");
  }
}

const hashes = (...lists: readonly unknown[]): boolean =>
  lists.every((list) => Array.isArray(list) && list.every((hash) => typeof hash === "string" && SHA256.test(hash)));
