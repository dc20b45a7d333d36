/** Texts that others wrote: nothing in them is hidden, or disturbs what stands around them. */

/** Joiners and the soft hyphen belong to honest texts, line ends and tabs too. */
const KEPT = /[\n\t\u200c\u200d\u00ad]/u;
/** Controls, those of direction too (U+202E turns a name around), invisible marks, lone halves, other line ends. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with each character that nobody sees, or that turns others around, written out as `[U+202E]`. */
export function visible(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(HIDDEN, (each) => (KEPT.test(each) ? each : `[U+${hexOf(each)}]`));
}

const hexOf = (character: string): string => (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
