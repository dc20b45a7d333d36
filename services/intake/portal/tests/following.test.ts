import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EncryptionKey,
  newReporterSecrets,
  PublicKey,
  Receipt,
  sealLetter,
  SigningKey,
  type EvidenceNote,
  type Json,
  type Leaf,
  type ParcelReceipt,
  type Recipients,
  type ReporterSecrets,
} from "wbs-contracts";
import { inWib } from "../src/core/hours.ts";
import { Mailbox } from "../src/core/mailbox.ts";
import { Problem } from "../src/core/public-api.ts";
import { checkedProofs } from "../src/core/proofs.ts";
import { KeyRing } from "../src/core/trusted-keys.ts";
import { preferred } from "../src/page/language.ts";
import { json, problem, Service, vectors, type Answering } from "./service.ts";

type Jwks = Readonly<Record<string, Readonly<Record<string, string>>>>;

const people = vectors<{ rsa: Jwks; encryption: Jwks; signing: Jwks }>("people.json");
const keys = vectors<{ fingerprint: string; sets: { text: string }[] }>("keys.json");
const log = vectors<{ leaf: Leaf; promise: string; broken: string[]; head: { text: string; size: number } }>("leaves.json");
const parcels = vectors<{ receipt: ParcelReceipt; text: string; refused: string[] }>("parcels.json");

const checks = vectors<{ checks: { text: string }[] }>("keys.json").checks;
const PERSON = { nik: "1504010101010001", full_name: "Rekaan", birth_date: "1990-01-01", sex: "L" as const };
const REST = { address: "Rekaan", phone: "0", email: "", occupation: "Rekaan" };

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

async function letterFrom(
  signer: SigningKey,
  own: ReporterSecrets,
  report_id: string,
  text: string,
  evidence: readonly EvidenceNote[] = [],
) {
  const purpose = "message-to-reporter" as const;
  const about = { report_id, route: "inspektorat" as const, purpose, letter_id: crypto.randomUUID() };
  const known: Recipients = {
    casework: [new PublicKey("casework:v1", people.rsa["casework:v1"] ?? {})],
    reporter: [own.encryption.public],
  };
  const letter: unknown = JSON.parse(await sealLetter({ text, evidence } as unknown as Json, about, known, signer));
  return { letter_id: about.letter_id, purpose, hour: "2026-07-01T09:00:00Z", letter };
}

async function ownLetter(own: ReporterSecrets, report_id: string, evidence: readonly EvidenceNote[]) {
  const purpose = "message-from-reporter" as const;
  const about = { report_id, route: "inspektorat" as const, purpose, letter_id: crypto.randomUUID() };
  const set = await new KeyRing(new Service(() => json({ people: keys.sets[0]?.text, checks: null })).api, keys.fingerprint).fetch();
  const body = { text: "Bukti susulan", evidence } as unknown as Json;
  const letter: unknown = JSON.parse(await sealLetter(body, about, set.recipients(own.encryption.public), own.signing));
  return { letter_id: about.letter_id, purpose, hour: "2026-07-01T10:00:00Z", letter };
}

test("a message without a valid signature is counted and not shown", async () => {
  const [receipt, own, report_id] = [Receipt.generate(), await newReporterSecrets(), crypto.randomUUID() as string];
  const investigator = await SigningKey.fromJwk("investigator:v1", people.signing["investigator:v1"] ?? {});
  const letters = [
    await letterFrom(investigator, own, report_id, "Asli"),
    await letterFrom(await SigningKey.generate("investigator:v1"), own, report_id, "Palsu: siapa nama Anda?"),
    await letterFrom(investigator, { ...own, encryption: await EncryptionKey.generate("reporter-enc") }, report_id, "Lain"),
  ];
  const status = { report_id, route: "inspektorat", status: "telaah", timeline: [], promise: "x", is_erased: false, late_evidence: [] };
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

/** A report's mailbox at a service; `answer` answers all but the status and the keys. */
async function mailboxAt(answer: Answering, wanted: readonly string[] | null = null) {
  const [receipt, own, report_id] = [Receipt.generate(), await newReporterSecrets(), crypto.randomUUID() as string];
  const status = { report_id, route: "inspektorat", status: "telaah", timeline: [], letters: [], promise: "x", late_evidence: [] };
  const locked_keys = await receipt.lock(own);
  const service = new Service((asked) => {
    if (asked.path === "/api/v1/keys") return json({ people: keys.sets[0]?.text, checks: checks[0]?.text });
    if (asked.path === "/api/v1/receipts/status") return json({ ...status, identity_wanted: wanted, is_erased: false, locked_keys });
    return answer(asked);
  });
  return { service, mailbox: new Mailbox(service.api, new KeyRing(service.api, keys.fingerprint), receipt) };
}

test("late evidence is named by the message that files it, which waits for a piece on its way", async () => {
  const answers = [problem(409, "incomplete", { "Retry-After": "2" }), json({ letter_id: "x" }, 202)];
  const { service, mailbox } = await mailboxAt(({ path }) =>
    path.endsWith("evidence")
      ? json({ batch_id: "b", upload_token: "t", uploads_url: "/u", expires_at: "2026-07-08T09:00:00Z" }, 201)
      : (answers.shift() ?? problem(500, "x")),
  );
  const note = { evidence_id: crypto.randomUUID(), kind: "foto", name: "rahasia.jpg", description: "" };
  let waited = 0;

  const { batch_id } = await mailbox.openBatch();
  await mailbox.write("Bukti rekaan.", { batchId: batch_id, notes: [note] }, () => waited++);

  const [first, second] = service.of("/api/v1/receipts/messages");
  const sent = JSON.parse(second?.body ?? "") as { batch_id: string; evidence_ids: string[] };
  assert.equal(first?.body, second?.body);
  assert.deepEqual([sent.batch_id, sent.evidence_ids], ["b", [note.evidence_id]]);
  assert.deepEqual([waited, service.waits], [1, [2000]]);
  assert.ok(!service.asked.some(({ body }) => body.includes(note.name)));
});

test("late evidence is named by the reporter's own letter alone, with what its checks said", async () => {
  const [receipt, own, report_id] = [Receipt.generate(), await newReporterSecrets(), crypto.randomUUID() as string];
  const investigator = await SigningKey.fromJwk("investigator:v1", people.signing["investigator:v1"] ?? {});
  const [named, unnamed] = [crypto.randomUUID() as string, crypto.randomUUID() as string];
  const note = (evidence_id: string, name: string) => ({ evidence_id, kind: "foto", name, description: "" });
  const letters = [
    await letterFrom(investigator, own, report_id, "Jawaban", [note(named, "nama palsu"), note(unnamed, "nama palsu")]),
    await ownLetter(own, report_id, [note(named, "kuitansi.pdf")]),
  ];
  const late_evidence = [
    { evidence_id: named, kind: "dokumen", is_checked: true, fault: null },
    { evidence_id: unnamed, kind: "foto", is_checked: false, fault: null },
  ];
  const status = { report_id, route: "inspektorat", status: "telaah", timeline: [], promise: "x", is_erased: false };
  const locked_keys = await receipt.lock(own);
  const service = new Service(({ path }) =>
    json(path === "/api/v1/keys" ? { people: keys.sets[0]?.text, checks: null } : { ...status, letters, late_evidence, locked_keys }),
  );

  const shown = await new Mailbox(service.api, new KeyRing(service.api, keys.fingerprint), receipt).read();

  assert.equal(shown.messages.length, 2);
  assert.deepEqual(shown.lateEvidence.map(({ name, kind, is_checked }) => [name, kind, is_checked]), [
    ["kuitansi.pdf", "dokumen", true],
    ["", "foto", false],
  ]);
});

test("a message without evidence names no batch, and a refused one is told", async () => {
  const { service, mailbox } = await mailboxAt(() => problem(409, "incomplete"));

  await assert.rejects(mailbox.write("Pesan rekaan."), (error) => error instanceof Problem && error.kind === "incomplete");

  assert.deepEqual(Object.keys(JSON.parse(service.of("/api/v1/receipts/messages")[0]?.body ?? "")), ["locator", "letter"]);
});

test("why another identity is wanted is told, and the other one is sealed to the checks", async () => {
  const { service, mailbox } = await mailboxAt(() => json({ offer_id: "o" }, 202), ["photo_hard_to_read"]);

  const { identityWanted } = await mailbox.read();
  await mailbox.offerIdentity({ ...PERSON, ...REST }, "AAAA", true);

  const [sent] = service.of("/api/v1/receipts/identity");
  assert.deepEqual(identityWanted, ["photo_hard_to_read"]);
  assert.equal((JSON.parse(sent?.body ?? "") as { review: boolean }).review, true);
  assert.ok(!service.asked.some(({ body }) => body.includes(PERSON.nik)));
});

test("what was sent and not answered, a message or an identity, is sent again as the same letter", async () => {
  const answers = [problem(500, "x"), json({}, 202), problem(500, "x"), json({}, 202), json({}, 202)];
  const { service, mailbox } = await mailboxAt(() => answers.shift() ?? problem(500, "x"));
  const offer = () => mailbox.offerIdentity({ ...PERSON, ...REST }, "AAAA", false);

  await assert.rejects(mailbox.write("Pesan rekaan."), Problem);
  await mailbox.write("Pesan rekaan.");
  await assert.rejects(offer(), Problem);
  await offer();
  await offer();

  const [first, again] = service.of("/api/v1/receipts/messages");
  assert.equal(first?.body, again?.body);
  const [lost, repeated, meantAnew] = service.of("/api/v1/receipts/identity");
  assert.equal(lost?.body, repeated?.body);
  assert.notEqual(repeated?.body, meantAnew?.body);
});

test("a withdrawal is sent by the locator alone", async () => {
  const { service, mailbox } = await mailboxAt(() => new Response(null, { status: 204 }));

  await mailbox.withdraw();

  assert.deepEqual(Object.keys(JSON.parse(service.of("/api/v1/receipts/withdrawal")[0]?.body ?? "")), ["locator"]);
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
