/** Times as people in Batang Hari read them: WIB, seven hours before Greenwich. */

import type { Language } from "../page/language.ts";

/** `iso`: a whole hour. */
export function inWib(iso: string, language: Language): string {
  const format = new Intl.DateTimeFormat(language === "id" ? "id-ID" : "en-GB", {
    timeZone: "Asia/Jakarta",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
  return `${format.format(new Date(iso))} WIB`;
}

/** `month`: a year and a month, as `2025-03`. */
export function monthOf(month: string, language: Language): string {
  const format = new Intl.DateTimeFormat(language === "id" ? "id-ID" : "en-GB", { timeZone: "UTC", month: "long", year: "numeric" });
  return format.format(new Date(`${month}-01T00:00:00Z`));
}
