/** What the reporter can prove: intake's promise, the report's place in the public log, and KPK's own receipts. */

import {
  entryOf,
  fromHex,
  ParcelRefused,
  ProofFails,
  PromiseBroken,
  verifyHead,
  verifyInclusion,
  verifyPromise,
  verifyReceipt,
  type Leaf,
  type LogHead,
  type ParcelReceipt,
  type Writers,
} from "wbs-contracts";

export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly proof: readonly string[];
  readonly head: string;
}

/** What the service answers and can be proved; `inclusion` comes after the hour, `kpk` with KPK's first receipt. */
export interface Provable {
  readonly report_id: string;
  readonly promise: string;
  readonly inclusion?: Inclusion | null;
  readonly kpk?: {
    readonly reference: string;
    readonly is_complete: boolean;
    readonly status: string | null;
    readonly receipts: readonly string[];
  } | null;
}

/**
 * What was found. `leaf`: undefined if the promise doesn't stand. `log`: the head that the leaf was proved to lie under,
 * `not-yet` before the hour is over, `broken` if the proof fails. `receipts`: those that KPK signed for this report;
 * `refused` counts the others. `storyAtKpk`: a receipt names a letter that the promise names.
 */
export interface Proofs {
  readonly leaf: Leaf | undefined;
  readonly log: LogHead | "not-yet" | "broken";
  readonly receipts: readonly ParcelReceipt[];
  readonly refused: number;
  readonly storyAtKpk: boolean;
}

export async function checkedProofs(answer: Provable, writers: Writers): Promise<Proofs> {
  const leaf = await promisedLeaf(answer, writers);
  const found = await Promise.all((answer.kpk?.receipts ?? []).map((text) => receiptFor(answer.report_id, text, writers)));
  const receipts = found.filter((receipt) => receipt !== undefined);
  return {
    leaf,
    log: await placeInLog(leaf, answer.inclusion ?? null, writers),
    receipts,
    refused: found.length - receipts.length,
    storyAtKpk: leaf !== undefined && receipts.some(({ items }) => items.some((item) => leaf.letters.includes(item))),
  };
}

async function promisedLeaf(answer: Provable, writers: Writers): Promise<Leaf | undefined> {
  try {
    const leaf = await verifyPromise(answer.promise, writers);
    return leaf.report_id === answer.report_id ? leaf : undefined;
  } catch (error) {
    if (error instanceof PromiseBroken) return undefined;
    throw error;
  }
}

async function placeInLog(leaf: Leaf | undefined, inclusion: Inclusion | null, writers: Writers): Promise<Proofs["log"]> {
  if (!leaf) return "broken";
  if (!inclusion) return "not-yet";
  try {
    const head = await verifyHead(inclusion.head, writers);
    if (head.size !== inclusion.size) throw new ProofFails("another size");
    const path = inclusion.proof.map(fromHex);
    await verifyInclusion(await entryOf(leaf), inclusion.index, inclusion.size, path, fromHex(head.root));
    return head;
  } catch {
    return "broken";
  }
}

async function receiptFor(reportId: string, text: string, writers: Writers): Promise<ParcelReceipt | undefined> {
  try {
    const receipt = await verifyReceipt(text, writers);
    return receipt.report_id === reportId ? receipt : undefined;
  } catch (error) {
    if (error instanceof ParcelRefused) return undefined;
    throw error;
  }
}
