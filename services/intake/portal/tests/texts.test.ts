import assert from "node:assert/strict";
import { test } from "node:test";
import { en } from "../src/page/texts-en.ts";
import { id } from "../src/page/texts-id.ts";

/** Deadlines, escalation, objection and disclosure aren't built: a reporter must not count on them. */
const NOT_BUILT = /isn't worked on|tidak dikerjakan|legal basis|dasar hukum|deadline|tenggat|objection|keberatan|escalat/i;

test("the page promises nothing that isn't built, in either language", () => {
  for (const texts of [en, id]) assert.doesNotMatch(JSON.stringify(texts), NOT_BUILT);
});

test("who looks at an identity, and who is told of it, is said as it is", () => {
  for (const [texts, alone] of [[en, /alone/], [id, /seorang diri/]] as const) {
    assert.match(texts.start.protect.join(), alone);
    assert.match(texts.identity.whoInspektorat, alone);
  }
});
