import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EncryptionKey,
  newReporterSecrets,
  PublicKey,
  Receipt,
  sealLetter,
  SigningKey,
  type Leaf,
  type ParcelReceipt,
  type Recipients,
  type ReporterSecrets,
} from "wbs-contracts";
import { inWib } from "../src/core/hours.ts";
import { Mailbox } from "../src/core/mailbox.ts";
import { checkedProofs } from "../src/core/proofs.ts";
import { KeyRing } from "../src/core/trusted-keys.ts";
import { preferred } from "../src/page/language.ts";
import { json, Service, vectors } from "./service.ts";

type Jwks = Readonly<Record<string, Readonly<Record<string, string>>>>;

const people = vectors<{ rsa: Jwks; encryption: Jwks; signing: Jwks }>("people.json");
const keys = vectors<{ fingerprint: string; sets: { text: string }[] }>("keys.json");
const log = vectors<{ leaf: Leaf; promise: string; broken: string[]; head: { text: string; size: number } }>("leaves.json");
const parcels = vectors<{ receipt: ParcelReceipt; text: string; refused: string[] }>("parcels.json");

const writers = (kid: string) => {
  const jwk = people.signing[kid];
  return jwk && new PublicKey(kid, jwk);
};

test("a promise stands, and what is not in the log yet is said to be so", async () => {
  const found = await checkedProofs({ report_id: log.leaf.report_id, promise: log.promise }, writers);

  assert.deepEqual([found.leaf, found.log, found.receipts], [log.leaf, "not-yet", []]);
});

test("a broken promise, and one about another report, is none", async () => {
  for (const promise of log.broken)
    assert.equal((await checkedProofs({ report_id: log.leaf.report_id, promise }, writers)).leaf, undefined);
  assert.equal((await checkedProofs({ report_id: "another", promise: log.promise }, writers)).leaf, undefined);
});

test("a proof that leads to another root, or another size, is found out", async () => {
  for (const size of [log.head.size, 1]) {
    const inclusion = { index: 0, size, proof: [], head: log.head.text };
    const found = await checkedProofs({ report_id: log.leaf.report_id, promise: log.promise, inclusion }, writers);
    assert.equal(found.log, "broken");
  }
});

test("KPK's receipts are shown if KPK signed them for this report, and prove that the story arrived", async () => {
  const { report_id } = parcels.receipt;
  const kpk = { reference: "KPK-1", is_complete: true, status: null, receipts: [parcels.text, ...parcels.refused] };
  const [own, other] = await Promise.all(
    [report_id, log.leaf.report_id].map((id) => checkedProofs({ report_id: id, promise: log.promise, kpk }, writers)),
  );

  assert.deepEqual([own?.receipts, own?.refused], [[parcels.receipt], parcels.refused.length]);
  assert.deepEqual([other?.receipts, other?.storyAtKpk], [[], false]);
});

async function letterFrom(signer: SigningKey, own: ReporterSecrets, report_id: string, text: string) {
  const purpose = "message-to-reporter" as const;
  const about = { report_id, route: "inspektorat" as const, purpose, letter_id: crypto.randomUUID() };
  const known: Recipients = {
    casework: [new PublicKey("casework:v1", people.rsa["casework:v1"] ?? {})],
    reporter: [own.encryption.public],
  };
  const letter: unknown = JSON.parse(await sealLetter({ text, evidence: [] }, about, known, signer));
  return { letter_id: about.letter_id, purpose, hour: "2026-07-01T09:00:00Z", letter };
}

test("a message without a valid signature is counted and not shown", async () => {
  const [receipt, own, report_id] = [Receipt.generate(), await newReporterSecrets(), crypto.randomUUID() as string];
  const investigator = await SigningKey.fromJwk("investigator:v1", people.signing["investigator:v1"] ?? {});
  const letters = [
    await letterFrom(investigator, own, report_id, "Asli"),
    await letterFrom(await SigningKey.generate("investigator:v1"), own, report_id, "Palsu: siapa nama Anda?"),
    await letterFrom(investigator, { ...own, encryption: await EncryptionKey.generate("reporter-enc") }, report_id, "Lain"),
  ];
  const status = { report_id, route: "inspektorat", status: "telaah", timeline: [], promise: "x", is_erased: false };
  const locked_keys = await receipt.lock(own);
  const service = new Service(({ path }) =>
    json(path === "/api/v1/keys" ? { people: keys.sets[0]?.text, checks: null } : { ...status, letters, locked_keys }),
  );

  const shown = await new Mailbox(service.api, new KeyRing(service.api, keys.fingerprint), receipt).read();

  assert.deepEqual(shown.messages.map(({ text, writer }) => [text, writer]), [["Asli", "investigator"]]);
  assert.equal(shown.distrusted, 2);
  assert.equal(shown.kpk, null);
  assert.ok(!service.asked.some(({ body, path }) => `${body}${path}`.includes(receipt.code())));
});

test("hours are told in WIB", () => {
  assert.equal(inWib("2026-07-01T17:00:00Z", "en"), "2 July 2026 at 00:00 WIB");
  assert.match(inWib("2026-07-01T02:00:00+00:00", "id"), /^1 Juli 2026.* 09[.:]00 WIB$/);
});

test("the browser's first language that we speak is chosen, Indonesian if there is none", () => {
  assert.equal(preferred(["en-US", "id"]), "en");
  assert.equal(preferred(["jv", "id-ID", "en"]), "id");
  assert.equal(preferred(["fr"]), "id");
});
