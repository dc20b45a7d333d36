import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CannotOpenFile, RangeReader } from "../src/index.ts";
import { vectors, vectorUrl } from "./people.ts";

const found = vectors<{
  key: string;
  context: string;
  size: number;
  ranges: [number, number][];
  cuts: number[];
  changed: number[];
}>("sealed-files.json");
const sealed = new Uint8Array(readFileSync(vectorUrl("sealed-file.bin")));
const plain = Uint8Array.from({ length: found.size }, (_, at) => (at * 31) % 251);

const reader = (data: Uint8Array, key: string = found.key, context: string = found.context): Promise<RangeReader> =>
  RangeReader.open(async (at, length) => data.subarray(at, at + length), data.length, key, context);

test("any range of a sealed file opens", async () => {
  const open = await reader(sealed);

  assert.equal(open.size, found.size);
  for (const [offset, length] of found.ranges)
    assert.deepEqual(await open.read(offset, length), plain.slice(offset, offset + length));
});

test("a cut file is refused before a byte of it is shown", async () => {
  for (const cut of found.cuts) await assert.rejects(reader(sealed.subarray(0, -cut)), CannotOpenFile);
});

test("a changed file is refused", async () => {
  for (const at of found.changed) {
    const changed = sealed.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    await assert.rejects(async () => (await reader(changed)).read(0, found.size), CannotOpenFile);
  }
});

test("another key or another context opens nothing", async () => {
  await assert.rejects(reader(sealed, "A".repeat(43)), CannotOpenFile);
  await assert.rejects(reader(sealed, found.key, "another"), CannotOpenFile);
});
