import assert from "node:assert/strict";
import { test } from "node:test";
import { ParcelRefused, termsOf, verifyReceipt, wordsOf, type ParcelReceipt } from "../src/index.ts";
import { vectors, writers } from "./people.ts";

const found = vectors<{ receipt: ParcelReceipt; text: string; refused: string[] }>("parcels.json");

test("a receipt that KPK signed is read", async () => {
  assert.deepEqual(await verifyReceipt(found.text, writers), found.receipt);
});

test("what KPK did not sign, or signed as something else, is no receipt", async () => {
  for (const text of found.refused) await assert.rejects(verifyReceipt(text, writers), ParcelRefused);
});

test("a term has its words, and a term that is newer than this code is shown as it stands", () => {
  assert.deepEqual(wordsOf("CaseStatus", "diterima"), { id: "Diterima", en: "Received" });
  assert.deepEqual(wordsOf("CaseStatus", "baru"), { id: "baru", en: "baru" });
  assert.ok(termsOf("Category").includes("dana_desa"));
});
