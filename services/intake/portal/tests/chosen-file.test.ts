import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf, LARGEST_FILE } from "../src/core/chosen-file.ts";

const chosen = (name: string, type: string, size = 1) => faultOf({ name, type, size });

test("a file of a type that is taken may be sent, known by its ending or by its type", () => {
  for (const [name, type] of [["IMG_1.JPG", ""], ["1000012", "image/png"], ["suara.opus", "audio/opus"], ["a.docx", ""]] as const)
    assert.equal(chosen(name, type), undefined);
});

test("a file of another type is told of before anything is sent", () => {
  for (const [name, type] of [["catatan.txt", "text/plain"], ["foto.heic", "image/heic"], ["lama.doc", "application/msword"], ["x", ""]] as const)
    assert.equal(chosen(name, type), "otherType");
});

test("an empty file, and one that is too large, is told of before anything is sent", () => {
  assert.equal(chosen("a.pdf", "application/pdf", 0), "empty");
  assert.equal(chosen("a.pdf", "application/pdf", LARGEST_FILE), undefined);
  assert.equal(chosen("a.pdf", "application/pdf", LARGEST_FILE + 1), "tooLarge");
});
