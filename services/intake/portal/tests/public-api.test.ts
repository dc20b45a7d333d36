import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem, Unreachable } from "../src/core/public-api.ts";
import { json, networkIsAway, problem, Service, type Answering } from "./service.ts";

/** Answers by the first of `answers`, then by the next. */
const inTurn = (...answers: readonly (() => Response | Error)[]): Answering => {
  const left = [...answers];
  return () => (left.shift() ?? answers.at(-1) ?? networkIsAway)();
};

test("a call is repeated while the network is away, and the reader is told", async () => {
  const service = new Service(inTurn(networkIsAway, networkIsAway, () => json({ good: true })));

  assert.deepEqual(await service.api.get("/x"), { good: true });
  assert.equal(service.asked.length, 3);
  assert.equal(service.away.at(0), true);
  assert.equal(service.away.at(-1), false);
});

test("after a minute without an answer the call gives up", async () => {
  const service = new Service(networkIsAway);

  await assert.rejects(service.api.get("/x"), Unreachable);
  assert.ok(service.waits.reduce((sum, wait) => sum + wait, 0) <= 60_000);
});

test("a busy service says how long to wait", async () => {
  const service = new Service(inTurn(() => problem(503, "not-yet", { "Retry-After": "7" }), () => json(1)));

  assert.equal(await service.api.get("/x"), 1);
  assert.deepEqual(service.waits, [7000]);
});

test("a refusal is not repeated", async () => {
  const service = new Service(() => problem(409, "report-id-taken"));

  await assert.rejects(
    service.api.post("/x", {}),
    (error) => error instanceof Problem && error.status === 409 && error.kind === "report-id-taken",
  );
  assert.equal(service.asked.length, 1);
});

test("the token travels in a header, never in the address", async () => {
  const service = new Service(() => json(null));

  await service.api.put("/x", { a: 1 }, { token: "secret" });

  assert.equal(service.asked[0]?.headers["Authorization"], "Bearer secret");
  assert.equal(service.asked[0]?.path, "/x");
});
