/** Indonesian, in which the page is written, and English: as the browser asks, or as the reader chooses. Kept nowhere. */

import type { Words } from "wbs-contracts";
import { en } from "./texts-en.ts";
import { id, type Texts } from "./texts-id.ts";

export type Language = "id" | "en";

const TEXTS: Readonly<Record<Language, Texts>> = { id, en };
let chosen: Language = "id";

/** The first language of the browser's that we speak; Indonesian if there is none. */
export function preferred(asked: readonly string[]): Language {
  const found = asked.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "id" || tag === "en");
  return found === "en" ? "en" : "id";
}

export function choose(language: Language): void {
  chosen = language;
}

export const language = (): Language => chosen;

/** The page's texts in the chosen language. */
export const t = (): Texts => TEXTS[chosen];

export const said = (words: Words): string => words[chosen];
