import assert from "node:assert/strict";
import { test } from "node:test";
import { paddedLength } from "../src/encoding.ts";
import {
  checkLetter,
  EncryptionKey,
  LetterError,
  letterDigest,
  openIntroduction,
  openLetter,
  readHeader,
  sealLetter,
  sealWriting,
  SigningKey,
  type About,
  type Opened,
} from "../src/index.ts";
import { isHeldOnDevices, known, opener, signer, vectors, writers, type LetterCase } from "./people.ts";

const cases = [...vectors<LetterCase[]>("letters.json"), ...vectors<LetterCase[]>("letters-js.json")];
const message = { text: "Bukti kedua menyusul.", evidence: [] };

const about = (purpose: About["purpose"], route: About["route"] = "inspektorat"): About => ({
  report_id: crypto.randomUUID(),
  route,
  purpose,
  letter_id: crypto.randomUUID(),
});

async function faultOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof LetterError) return error.fault;
    throw error;
  }
  return "ok";
}

for (const found of cases)
  test(`a relay finds what the vector says: ${found.name}`, async () => {
    assert.equal(await faultOf(() => checkLetter(found.raw, found.expected, known)), found.check);
  });

for (const found of cases.filter(({ open_as }) => isHeldOnDevices(open_as)))
  test(`an opener finds what the vector says: ${found.name}`, async () => {
    const [key, opened] = [await opener(found.open_as), [] as Opened[]];

    const fault = await faultOf(async () => {
      const introduces = ["story", "identity-offer"].includes(found.expected.purpose);
      const { raw, expected } = found;
      const open = introduces ? openIntroduction(raw, expected, key) : openLetter(raw, expected, key, writers);
      opened.push(await open);
    });

    assert.equal(fault, found.open);
    assert.deepEqual(opened.map(({ body }) => body), found.open === "ok" ? [found.body] : []);
  });

test("a letter sealed anew keeps its writing, hash and recipients", async () => {
  const [header, reader] = [about("message-from-reporter"), await opener("kpk:2026")];
  const raw = await sealLetter(message, header, known, await signer("reporter-sig"));
  const opened = await openLetter(raw, header, reader, writers);

  const anew = await sealWriting(opened.writing, header, known);

  assert.deepEqual(readHeader(anew), readHeader(raw));
  assert.deepEqual(await openLetter(anew, header, reader, writers), opened);
});

test("a writer who may not write a letter of this purpose can't", async () => {
  const seal = async () => sealLetter(message, about("message-to-reporter", "kpk"), known, await signer("investigator:v1"));

  assert.equal(await faultOf(seal), "wrong_writer");
});

test("a letter that the route doesn't know, or whose recipient has no key, is not written", async () => {
  const staff = await signer("investigator:v1");

  assert.equal(await faultOf(() => sealLetter({ text: "x" }, about("internal-note", "kpk"), known, staff)), "body_not_understood");
  assert.equal(await faultOf(() => sealLetter(message, about("message-to-reporter"), {}, staff)), "wrong_recipients");
});

test("too large a body is refused", async () => {
  const large = { text: "x".repeat(17_000), evidence: [] };

  const seal = async () => sealLetter(large, about("message-from-reporter"), known, await signer("reporter-sig"));

  assert.equal(await faultOf(seal), "too_large");
});

test("a public key that was just made verifies: its pair is made for sign and verify", async () => {
  const [key, header] = [await SigningKey.generate("reporter-sig"), about("message-from-reporter")];
  const raw = await sealLetter(message, header, known, key);

  const opened = await openLetter(raw, header, await opener("kpk:2026"), () => key.public);

  assert.deepEqual(opened.body, message);
  assert.deepEqual(Object.keys(key.public.jwk).sort(), ["crv", "kty", "x", "y"]);
});

test("a key pair of another device opens nothing", async () => {
  const header = about("message-from-reporter");
  const raw = await sealLetter(message, header, known, await signer("reporter-sig"));

  const open = async () => openLetter(raw, header, await EncryptionKey.generate("reporter-enc"), writers);

  assert.equal(await faultOf(open), "unopenable");
});

test("the digest of a letter survives being written anew", async () => {
  const raw = await sealLetter(message, about("message-from-reporter"), known, await signer("reporter-sig"));

  assert.deepEqual(await letterDigest(JSON.stringify(JSON.parse(raw), null, 2)), await letterDigest(raw));
});

test("lengths are padded as in Python", () => {
  assert.deepEqual([1, 1024, 1025, 5000, 70_000, 933_000].map(paddedLength), [1024, 1024, 1088, 5120, 71_680, 933_888]);
});

const introduced = async (change: (keys: Record<string, Record<string, unknown>>) => void): Promise<[string, About]> => {
  const [header, own] = [about("story"), await signer("reporter-sig")];
  const encryption = known["reporter"]?.[0]?.jwk ?? {};
  const keys: Record<string, Record<string, unknown>> = { encryption: { ...encryption }, signing: { ...own.public.jwk } };
  change(keys);
  const body = { text: "Jalan desa.", answers: {}, evidence: [], reporter_keys: keys };
  return [await sealLetter(body as never, header, known, own), header];
};

test("nothing but the key goes on of a key that a letter brings", async () => {
  const [raw, header] = await introduced((keys) => {
    for (const each of Object.values(keys)) each["junk"] = "x".repeat(9000);
  });

  const { body } = await openIntroduction(raw, header, await opener("kpk:2026"));

  const { encryption, signing } = (body as { reporter_keys: Record<string, object> }).reporter_keys;
  for (const key of [encryption, signing]) assert.deepEqual(Object.keys(key ?? {}).sort(), ["crv", "kty", "x", "y"]);
});

for (const [name, wrong] of Object.entries({
  "another kind": { kty: "RSA", n: "_".repeat(600), e: "AQAB" },
  "another curve": { crv: "P-384" },
  "no point of the curve": { x: "A".repeat(43) },
  "zeros before the number": { x: "A".repeat(4000) },
  "no text": { y: 7 },
}))
  test(`a key that is none is refused: ${name}`, async () => {
    const reader = await opener("kpk:2026");
    const [raw, header] = await introduced((keys) => Object.assign(keys["encryption"] ?? {}, wrong));
    assert.equal(await faultOf(() => openIntroduction(raw, header, reader)), "body_not_understood");
    const [forged, about_] = await introduced((keys) => Object.assign(keys["signing"] ?? {}, wrong));
    assert.equal(await faultOf(() => openIntroduction(forged, about_, reader)), "bad_signature");
  });
