/** The letter table, read from contracts/generated: it is written down once, in `contracts.letters.purposes`. */

import table from "../../generated/letter-table.json" with { type: "json" };

export type Route = "inspektorat" | "kpk";
export type Purpose = keyof typeof table;

interface Layer {
  readonly to: readonly string[];
  readonly sealed_limit: number;
}

interface Terms {
  readonly limit: number;
  readonly writers: Readonly<Record<Route, readonly string[]>>;
  readonly layers: Readonly<Partial<Record<Route, readonly Layer[]>>>;
}

const TERMS: Readonly<Record<Purpose, Terms>> = table;

export const isPurpose = (text: unknown): text is Purpose => typeof text === "string" && Object.hasOwn(TERMS, text);
export const isRoute = (text: unknown): text is Route => text === "inspektorat" || text === "kpk";
export const bodyLimit = (purpose: Purpose): number => TERMS[purpose].limit;
export const mayWrite = (purpose: Purpose, route: Route, owner: string): boolean =>
  TERMS[purpose].writers[route].includes(owner);

/** Give the layers of a letter, the outermost first; none if the route knows no letter of this purpose. */
export const layersOf = (purpose: Purpose, route: Route): readonly Layer[] => TERMS[purpose].layers[route] ?? [];

/** Name whose key a kid is: `casework:v1` -> casework, `reporter-enc` -> reporter. */
export const ownerOf = (kid: string): string =>
  kid === "reporter-enc" || kid === "reporter-sig" ? "reporter" : (kid.split(":")[0] ?? "");
