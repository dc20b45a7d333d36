import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { test } from "node:test";
import { solve, Unsolvable, type Challenge } from "../src/core/proof-of-work.ts";

const NONCE = "52675bcab6fee7e26f197174a558575f";
const SALT = "36f125c51175238df011b573ef2d18dc";
const COST = 20;

/** As ALTCHA derives it: PBKDF2 over nonce and counter (uint32, big-endian). */
function derived(counter: number): string {
  const password = Buffer.concat([Buffer.from(NONCE, "hex"), Buffer.alloc(4)]);
  password.writeUInt32BE(counter, NONCE.length / 2);
  return pbkdf2Sync(password, Buffer.from(SALT, "hex"), COST, 32, "sha256").toString("hex");
}

const challenge = (counter: number, algorithm = "PBKDF2/SHA-256"): Challenge => ({
  parameters: { algorithm, cost: COST, keyLength: 32, keyPrefix: derived(counter).slice(0, 32), nonce: NONCE, salt: SALT },
  signature: "of the service",
});

for (const counter of [0, 3, 4, 70])
  test(`the counter ${counter} is found, and nothing tells how long it took`, async () => {
    const payload: unknown = JSON.parse(atob(await solve(challenge(counter))));

    assert.deepEqual(payload, {
      challenge: challenge(counter),
      solution: { counter, derivedKey: derived(counter) },
    });
  });

test("another kind of puzzle is not tried", async () => {
  await assert.rejects(solve(challenge(1, "SCRYPT")), Unsolvable);
});
