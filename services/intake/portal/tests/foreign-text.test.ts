import assert from "node:assert/strict";
import { test } from "node:test";
import { visible } from "../src/core/foreign-text.ts";
import { en } from "../src/page/texts-en.ts";
import { id } from "../src/page/texts-id.ts";

test("what nobody sees in a text, or what turns it around, is written out", () => {
  assert.equal(visible("kuitansi\u202egpj.exe"), "kuitansi[U+202E]gpj.exe");
  assert.equal(visible("\u2066a\u2069\u200e\u200f"), "[U+2066]a[U+2069][U+200E][U+200F]");
  assert.equal(visible("a\0b\x1b[2J\x9b"), "a[U+0000]b[U+001B][2J[U+009B]");
  assert.equal(visible("a\r\nb\rc\ud800\ufeff\u2028\u{e0041}"), "a\nb[U+000D]c[U+D800][U+FEFF][U+2028][U+E0041]");
});

test("an honest text stays as it is, and so do the page's own", () => {
  for (const text of ["Uraian.\n\tDua, “kutip” – é.", "بسم الله", "क्\u200dष", "👩\u200d👩\u200d👧"]) assert.equal(visible(text), text);
  for (const texts of [en, id]) assert.equal(visible(JSON.stringify(texts)), JSON.stringify(texts));
});
