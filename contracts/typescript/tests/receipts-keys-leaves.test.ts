import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, hex } from "../src/encoding.ts";
import {
  BadReceiptCode,
  CannotUnlock,
  entryOf,
  KeySetError,
  newReporterSecrets,
  ProofFails,
  PromiseBroken,
  readable,
  Receipt,
  verifyCheckKeys,
  verifyConsistency,
  verifyHead,
  verifyInclusion,
  verifyKeySet,
  verifyPromise,
  type Leaf,
  type LogHead,
} from "../src/index.ts";
import { vectors, writers } from "./people.ts";

interface ReceiptCase {
  readonly code: string;
  readonly typed: readonly string[];
  readonly locator: string;
  readonly locator_hash: string;
  readonly locked: string;
}

const receipts = vectors<{ good: ReceiptCase[]; bad: string[]; public: unknown }>("receipts.json");

test("receipts are those of the vectors, however they are typed", async () => {
  for (const found of [...receipts.good, ...vectors<ReceiptCase[]>("receipts-js.json")])
    for (const typed of found.typed) {
      const receipt = Receipt.parse(typed);
      assert.equal(receipt.code(), found.code);
      assert.equal(await receipt.locator(), found.locator);
      assert.equal(await receipt.locatorHash(), found.locator_hash);
      assert.deepEqual((await receipt.unlock(found.locked)).encryption.public.jwk, receipts.public);
    }
});

test("what is no receipt code is refused", () => {
  for (const typed of receipts.bad) assert.throws(() => Receipt.parse(typed), BadReceiptCode);
});

test("keys open with their code and with no other", async () => {
  const [receipt, secrets] = [Receipt.generate(), await newReporterSecrets()];

  const locked = await receipt.lock(secrets);

  assert.deepEqual((await receipt.unlock(locked)).signing.public, secrets.signing.public);
  await assert.rejects(Receipt.generate().unlock(locked), CannotUnlock);
  await assert.rejects(receipt.unlock(`${locked.slice(0, -4)}AAAA`), CannotUnlock);
});

interface KeyCase {
  readonly name: string;
  readonly text: string;
  readonly at_least: number;
  readonly result: string;
}

const keys = vectors<{
  fingerprint: string;
  readable: string;
  sets: KeyCase[];
  active: Record<string, string[]>;
  verifying_only: string;
  checks: KeyCase[];
}>("keys.json");

async function faultOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof KeySetError) return error.fault;
    throw error;
  }
  return "ok";
}

const people = () => verifyKeySet(keys.sets[0]?.text ?? "", keys.fingerprint);

for (const found of keys.sets)
  test(`a key set is taken or refused as the vector says: ${found.name}`, async () => {
    assert.equal(await faultOf(verifyKeySet(found.text, keys.fingerprint, found.at_least)), found.result);
  });

for (const found of keys.checks)
  test(`check keys are taken or refused as the vector says: ${found.name}`, async () => {
    assert.equal(await faultOf(verifyCheckKeys(found.text, await people())), found.result);
  });

test("retired keys verify what they signed, and seal and sign nothing new", async () => {
  const set = await people();

  for (const [name, kids] of Object.entries(keys.active))
    assert.deepEqual(set.recipients()[name]?.map(({ kid }) => kid), kids);
  assert.ok(set.verificationKey(keys.verifying_only));
  assert.equal(set.activeVerificationKey(keys.verifying_only), undefined);
  assert.equal(readable(keys.fingerprint), keys.readable);
});

const log = vectors<{
  leaf: Leaf;
  entry: string;
  promise: string;
  broken: string[];
  head: LogHead & { text: string };
  entries: string[];
  roots: string[];
  inclusion: { index: number; size: number; proof: string[] }[];
  consistency: { old: number; new: number; proof: string[] }[];
}>("leaves.json");

const headOf = (size: number): LogHead => ({ size, root: log.roots[size - 1] ?? "", hour: "2026-07-01T09:00:00Z" });

test("a promise gives the leaf that intake signed", async () => {
  const leaf = await verifyPromise(log.promise, writers);

  assert.deepEqual(leaf, log.leaf);
  assert.equal(hex(await entryOf(leaf)), log.entry);
});

test("a signed head is read", async () => {
  const { text, ...head } = log.head;

  assert.deepEqual(await verifyHead(text, writers), head);
});

test("a broken promise is found out", async () => {
  for (const text of log.broken) await assert.rejects(verifyPromise(text, writers), PromiseBroken);
});

test("each entry is proved to be in the log, and no other", async () => {
  for (const { index, size, proof } of log.inclusion) {
    const [entry, root] = [fromHex(log.entries[index] ?? ""), fromHex(log.roots[size - 1] ?? "")];
    const path = proof.map(fromHex);
    await verifyInclusion(entry, index, size, path, root);
    await assert.rejects(verifyInclusion(root, index, size, path, root), ProofFails);
    await assert.rejects(verifyInclusion(entry, index, size, [...path, root], root), ProofFails);
    await assert.rejects(verifyInclusion(entry, size, size, path, root), ProofFails);
  }
});

test("the log extends each of its older heads, and a rewritten one is found out", async () => {
  for (const found of log.consistency) {
    const [old, newer, proof] = [headOf(found.old), headOf(found.new), found.proof.map(fromHex)];
    await verifyConsistency(old, newer, proof);
    await assert.rejects(verifyConsistency({ ...old, root: "00".repeat(32) }, newer, proof), ProofFails);
    await assert.rejects(verifyConsistency(old, newer, [...proof, fromHex(old.root)]), ProofFails);
    if (old.size < newer.size) await assert.rejects(verifyConsistency(newer, old, proof), ProofFails);
  }
});
