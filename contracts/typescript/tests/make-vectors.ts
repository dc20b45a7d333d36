/** Make the vectors written in TypeScript, for the people of contracts/vectors/people.json: `npm run vectors`. */

import { writeFileSync } from "node:fs";
import type { Json } from "../src/encoding.ts";
import { Receipt, sealLetter, type About, type Purpose, type Route } from "../src/index.ts";
import { known, opener, signer, vectorUrl } from "./people.ts";

const write = (name: string, content: unknown): void =>
  writeFileSync(vectorUrl(name), `${JSON.stringify(content, null, 1)}\n`);

const about = (purpose: Purpose, route: Route = "inspektorat"): About => ({
  report_id: crypto.randomUUID(),
  route,
  purpose,
  letter_id: crypto.randomUUID(),
});

async function made(name: string, body: Json, header: About, writer: string, readers: readonly string[]) {
  const raw = await sealLetter(body, header, known, await signer(writer));
  const expected = { ...header, layer: 0 };
  return readers.map((open_as) => ({
    name: `made in TypeScript: ${name}, by ${open_as}`,
    raw,
    expected,
    open_as,
    check: "ok",
    open: "ok",
    body,
  }));
}

const reporter = { encryption: await opener("reporter-enc"), signing: await signer("reporter-sig") };
const note = {
  evidence_id: crypto.randomUUID(),
  kind: "foto",
  name: "kuitansi “asli”.jpg",
  description: "Kuitansi palsu: dibayar dua kali ✓",
};
const reporter_keys = { encryption: reporter.encryption.public.jwk, signing: reporter.signing.public.jwk };
const story = {
  text: "Jalan desa dibayar dua kali.\nTermasuk karakter: é, \u{1F4B0}, \u007f, \\, \"",
  answers: { who: "Kepala desa", when: "Maret 2026" },
  evidence: [note],
  reporter_keys,
};
const message = { text: "Bukti kedua menyusul.", evidence: [] };
/** Nobody: kecamatan 15.04.99 does not exist. */
const person = {
  nik: "1504990107900001",
  full_name: "Contoh Pelapor",
  birth_date: "1990-07-01",
  sex: "L",
  address: "Jalan Contoh 1",
  phone: "0800000000",
  email: "contoh@contoh.invalid",
  occupation: "contoh",
};

write("letters-js.json", [
  ...(await made("a story", story, about("story"), "reporter-sig", ["casework:v1", "kpk:2026", "reporter-enc"])),
  ...(await made("a story for KPK", story, about("story", "kpk"), "reporter-sig", ["kpk:2026", "reporter-enc"])),
  ...(await made("a message", message, about("message-from-reporter"), "reporter-sig", ["casework:v1", "kpk:2026"])),
  ...(await made("a reply", message, about("message-to-reporter"), "inspektur:v1", ["casework:v1", "reporter-enc"])),
  ...(await made("one recipient", message, about("message-to-reporter", "kpk"), "kpk:2026-sig", ["reporter-enc"])),
  ...(await made("an identity", { person, ktp_photo: "/9j/4A==", reporter_keys }, about("identity-offer"), "reporter-sig", ["identity-check:v1"])),
]);

const receipts = [];
for (let count = 0; count < 3; count++) {
  const receipt = Receipt.generate();
  receipts.push({
    code: receipt.code(),
    typed: [receipt.code().toLowerCase().replaceAll("-", " ")],
    locator: await receipt.locator(),
    locator_hash: await receipt.locatorHash(),
    locked: await receipt.lock(reporter),
  });
}
write("receipts-js.json", receipts);
