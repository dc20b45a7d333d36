/** The words people read for the terms of `contracts.vocabulary`, from contracts/generated; the twin of `contracts.words`. */

import table from "../../generated/words.json" with { type: "json" };

export type Vocabulary = keyof typeof table;

export interface Words {
  readonly id: string;
  readonly en: string;
}

const WORDS: Readonly<Record<Vocabulary, Readonly<Record<string, Words>>>> = table;

/** Give the terms of a closed set, in its order. */
export const termsOf = (set: Vocabulary): readonly string[] => Object.keys(WORDS[set]);

/** Give a term's words, or the term itself if it is newer than this code. */
export const wordsOf = (set: Vocabulary, term: string): Words => WORDS[set][term] ?? { id: term, en: term };
