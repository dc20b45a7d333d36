/** The KTP photo: made anew from its pixels on the device, so small that it travels, and without place and camera (EXIF). */

const MOST_BYTES = 400_000;
const TRIES = [
  { side: 1600, quality: 0.88 },
  { side: 1600, quality: 0.75 },
  { side: 1400, quality: 0.7 },
  { side: 1200, quality: 0.65 },
  { side: 1000, quality: 0.6 },
] as const;

/** Not a picture that this device can show. */
export class PhotoUnreadable extends Error {
  override readonly name = "PhotoUnreadable";
}

/** Give a JPEG of at most 400 kB, upright; PhotoUnreadable otherwise. */
export async function smallJpeg(file: Blob): Promise<Blob> {
  const picture = await decoded(file);
  for (const { side, quality } of TRIES) {
    const jpeg = await drawn(picture, side, quality);
    if (jpeg.size <= MOST_BYTES) return jpeg;
  }
  throw new PhotoUnreadable("it stays too large");
}

async function decoded(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new PhotoUnreadable("no picture");
  }
}

async function drawn(picture: ImageBitmap, side: number, quality: number): Promise<Blob> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) throw new PhotoUnreadable("no canvas");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const jpeg = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
  if (!jpeg) throw new PhotoUnreadable("not written");
  return jpeg;
}

/** Give bytes in standard base64. */
export async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
