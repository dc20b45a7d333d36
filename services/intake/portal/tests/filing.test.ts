import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, letterDigest, SigningKey, type Leaf } from "wbs-contracts";
import { signText } from "../../../../contracts/typescript/src/signatures.ts";
import { Filing, PromiseNotAboutThis, type StoryDraft } from "../src/core/filing.ts";
import { Problem, Unreachable } from "../src/core/public-api.ts";
import { KeyRing } from "../src/core/trusted-keys.ts";
import { json, networkIsAway, problem, Service, vectors, type Answering, type Asked } from "./service.ts";

const keys = vectors<{ fingerprint: string; sets: { text: string }[]; checks: { text: string }[] }>("keys.json");
const signing = vectors<{ signing: Record<string, Record<string, string>> }>("people.json").signing;
const CHALLENGE = {
  parameters: { algorithm: "PBKDF2/SHA-256", cost: 1, keyLength: 32, keyPrefix: "", nonce: "00", salt: "00" },
  signature: "x",
};
const STORY: StoryDraft = { text: "Cerita rekaan.", answers: { who: "Rekaan" }, evidence: [] };

/** A service that opens drafts and says which keys hold; `submission` answers what is sent in. */
function service(submission: Answering, opening: Answering = () => json({ upload_token: "token", uploads_url: "/u" }, 201)) {
  return new Service((asked) => {
    if (asked.path === "/api/v1/challenges") return json(CHALLENGE);
    if (asked.path === "/api/v1/keys") return json({ people: keys.sets[0]?.text, checks: keys.checks[0]?.text });
    return asked.path === "/api/v1/reports" ? opening(asked) : submission(asked);
  });
}

const filingAt = ({ api }: Service): Promise<Filing> => Filing.begin(api, new KeyRing(api, keys.fingerprint), "inspektorat");

async function promiseOf(content: Omit<Leaf, "hour" | "salt" | "files">): Promise<string> {
  const intake = await SigningKey.fromJwk("intake:v1", signing["intake:v1"] ?? {});
  const leaf = { ...content, hour: "2026-07-01T09:00:00Z", salt: "00".repeat(16), files: [] };
  return signText(new TextEncoder().encode(JSON.stringify(leaf)), intake, "wbs-promise+jws");
}

async function promised({ body, path }: Asked): Promise<Response> {
  const story = JSON.stringify((JSON.parse(body) as { story: unknown }).story);
  const letters = [hex(await letterDigest(story))];
  return json({ promise: await promiseOf({ report_id: path.split("/")[4] ?? "", letters }) }, 202);
}

const submit = (filing: Filing) => filing.submit(STORY, null, true, () => undefined);

test("a filed report gives a promise that names its story", async () => {
  const line = service(promised);
  const filing = await filingAt(line);

  const { leaf } = await submit(filing);

  assert.equal(leaf.report_id, filing.reportId);
  assert.ok(!line.asked.some(({ body }) => body.includes(STORY.text) || body.includes(filing.receipt.code())));
});

test("what was sent and not answered is sent again as the same letter", async () => {
  let isAway = true;
  const line = service((asked) => (isAway ? networkIsAway() : promised(asked)));
  const filing = await filingAt(line);

  await assert.rejects(submit(filing), Unreachable);
  isAway = false;
  await submit(filing);

  assert.equal(new Set(line.of(`/api/v1/reports/${filing.reportId}/submission`).map(({ body }) => body)).size, 1);
});

test("another story is another letter", async () => {
  const line = service(promised);
  const filing = await filingAt(line);

  await submit(filing);
  await filing.submit({ ...STORY, text: "Lain." }, null, true, () => undefined);

  const [first, second] = line.of(`/api/v1/reports/${filing.reportId}/submission`);
  assert.notEqual(first?.body, second?.body);
});

test("a promise about another story, or another report, is no promise", async () => {
  const other = service(async ({ path }) =>
    json({ promise: await promiseOf({ report_id: path.split("/")[4] ?? "", letters: ["00".repeat(32)] }) }),
  );
  await assert.rejects(filingAt(other).then(submit), PromiseNotAboutThis);
});

test("a submission waits while a check runs, and gives up on what is missing", async () => {
  const answers = [problem(409, "incomplete", { "Retry-After": "3" }), problem(409, "incomplete")];
  const line = service(() => answers.shift() ?? networkIsAway());
  const told: string[] = [];

  const failed = filingAt(line).then((filing) => filing.submit(STORY, null, true, () => told.push("waits")));

  await assert.rejects(failed, (error) => error instanceof Problem && error.kind === "incomplete");
  assert.deepEqual([told, line.waits], [["waits"], [3000]]);
});

test("a draft is opened once, however often it is asked for", async () => {
  const line = service(promised);
  const filing = await filingAt(line);

  const drafts = await Promise.all([filing.open(), filing.open(), filing.open()]);

  assert.equal(new Set(drafts).size, 1);
  assert.equal(line.of("/api/v1/reports").length, 1);
});

test("a refused opening is made anew, with another key for the repeat", async () => {
  const answers = [problem(403, "challenge-expired"), json({ upload_token: "token", uploads_url: "/u" }, 201)];
  const line = service(promised, () => answers.shift() ?? networkIsAway());
  const filing = await filingAt(line);

  await assert.rejects(filing.open(), Problem);
  await filing.open();

  const used = line.of("/api/v1/reports").map(({ headers }) => headers["Idempotency-Key"]);
  assert.equal(new Set(used).size, 2);
  assert.equal(line.of("/api/v1/challenges").length, 2);
});

test("an opening that failed is repeated as it was", async () => {
  const answers = [problem(500, "x"), json({ upload_token: "token", uploads_url: "/u" }, 201)];
  const line = service(promised, () => answers.shift() ?? networkIsAway());
  const filing = await filingAt(line);

  await assert.rejects(filing.open(), Problem);
  await filing.open();

  const [lost, repeated] = line.of("/api/v1/reports");
  assert.deepEqual([lost?.body, lost?.headers["Idempotency-Key"]], [repeated?.body, repeated?.headers["Idempotency-Key"]]);
});

test("an identity that got no answer is sent again as the same letter", async () => {
  let fails = true;
  const line = service(({ method }) => (fails ? problem(500, "x") : json(method === "PUT" ? { offer_id: "this" } : {})));
  const filing = await filingAt(line);
  const person = { nik: "1504010101010001", full_name: "Rekaan", birth_date: "1990-01-01", sex: "L" as const };
  const offer = () => filing.offerIdentity({ ...person, address: "R", phone: "0", email: "", occupation: "R" }, "AAAA", false);

  await assert.rejects(offer(), Problem);
  fails = false;
  await offer();

  const [lost, repeated] = line.of(`/api/v1/reports/${filing.reportId}/identity`);
  assert.equal(lost?.body, repeated?.body);
});

test("an identity is sealed, and a verdict on another offer is not shown", async () => {
  const verdict = { offer_id: "another", outcome: "inconsistent", reasons: [] };
  const line = service(({ method }) => json(method === "PUT" ? { offer_id: "this" } : { identity: verdict, evidence: [] }));
  const filing = await filingAt(line);
  const person = { nik: "1504010101010001", full_name: "Rekaan", birth_date: "1990-01-01", sex: "L" as const };
  const rest = { address: "Rekaan", phone: "0", email: "", occupation: "Rekaan" };

  await filing.offerIdentity({ ...person, ...rest }, "AAAA", true);

  assert.equal((await filing.state()).identity, null);
  assert.ok(line.of(`/api/v1/reports/${filing.reportId}/identity`)[0]?.path.endsWith("?review=true"));
  assert.ok(!line.asked.some(({ body }) => body.includes(person.nik)));
});
