/** What would surely be refused of a chosen file, known before a byte of it is sent. The service decides, by content. */

export const LARGEST_FILE = 1 << 30;

const ENDING = /\.(jpe?g|png|webp|pdf|docx|xlsx|mp4|m4v|mov|3gp|m4a|mp3|ogg|oga|opus)$/i;
const TYPES = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "application/pdf",
  "video/mp4",
  "video/quicktime",
  "video/3gpp",
  "video/x-m4v",
  "audio/mp4",
  "audio/x-m4a",
  "audio/mpeg",
  "audio/ogg",
];

export type FileFault = "empty" | "tooLarge" | "otherType";

/** Undefined for a file that may be sent. Some phones give no ending, others no type: one of the two is enough. */
export function faultOf({ name, type, size }: Pick<File, "name" | "type" | "size">): FileFault | undefined {
  if (!ENDING.test(name) && !TYPES.includes(type)) return "otherType";
  if (size === 0) return "empty";
  return size > LARGEST_FILE ? "tooLarge" : undefined;
}
