/** KPK's receipts for parcels; the twin of `contracts.parcels`, for what a reporter's device verifies. */

import { fromUtf8, isObject, parseObject } from "./encoding.ts";
import { ownerOf } from "./letter-table.ts";
import { verifyText, type Writers } from "./signatures.ts";

const RECEIPT_TYPE = "wbs-kpk-receipt+jws";
const KPK = "kpk";
const SHA256 = /^[0-9a-f]{64}$/;
const TEXTS = ["kpk_reference", "report_id", "parcel_id", "kind", "hour"] as const;

/** No receipt that KPK signed. */
export class ParcelRefused extends Error {
  override readonly name = "ParcelRefused";
}

/** KPK has all of this parcel, whole: `items` are the hashes of what it took. */
export interface ParcelReceipt {
  readonly kpk_reference: string;
  readonly report_id: string;
  readonly parcel_id: string;
  readonly kind: string;
  readonly manifest_sha256: string;
  readonly items: readonly string[];
  readonly hour: string;
}

/** Give the receipt; ParcelRefused unless KPK signed it. */
export async function verifyReceipt(text: string, writers: Writers): Promise<ParcelReceipt> {
  const onlyKpk: Writers = (kid) => (ownerOf(kid) === KPK ? writers(kid) : undefined);
  const receipt = await contentOf(text, onlyKpk);
  if (!isReceipt(receipt)) throw new ParcelRefused("no receipt");
  return receipt;
}

async function contentOf(text: string, writers: Writers): Promise<unknown> {
  try {
    return parseObject(fromUtf8((await verifyText(text, writers, RECEIPT_TYPE)).payload));
  } catch {
    throw new ParcelRefused("not signed by KPK");
  }
}

const isReceipt = (content: unknown): content is ParcelReceipt =>
  isObject(content) &&
  TEXTS.every((name) => typeof content[name] === "string") &&
  isHash(content["manifest_sha256"]) &&
  Array.isArray(content["items"]) &&
  content["items"].every(isHash);

const isHash = (value: unknown): boolean => typeof value === "string" && SHA256.test(value);
