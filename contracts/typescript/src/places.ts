/** Where and at which office: the codes that facts may hold, from contracts/generated; the twin of `contracts.places`. */

import table from "../../generated/places.json" with { type: "json" };
import type { Words } from "./words.ts";

export const AREAS: Readonly<Record<string, Words>> = table.areas;

export const OFFICES: Readonly<Record<string, Words>> = table.offices;
