/** Letters, receipts, keys, leaves and sealed files, for browsers and Node: WebCrypto and jose only. */

export * from "./bodies.ts";
export { b64u, canonical, fromHex, hex, type Bytes, type Json } from "./encoding.ts";
export * from "./key-pairs.ts";
export * from "./keys.ts";
export * from "./leaves.ts";
export { LetterError, letterDigest, type About, type Header, type LetterFault } from "./letter-format.ts";
export { bodyLimit, layersOf, ownerOf, type Purpose, type Route } from "./letter-table.ts";
export * from "./letters.ts";
export * from "./parcels.ts";
export * from "./places.ts";
export * from "./receipts.ts";
export * from "./sealed-files.ts";
export { BadSignature, type Writers } from "./signatures.ts";
export * from "./words.ts";
