/** A picture file's samples and metadata, by what its first bytes say. */
import { isJpeg, readJpeg } from "./jpeg.mjs";
import { isPng, readPng } from "./png.mjs";
import { isPnm, readPnm } from "./pnm.mjs";

export const EXTENSIONS = /\.(png|jpe?g|pgm|ppm|pnm|pam)$/i;

/** The orientation that an EXIF block states, 1 to 8; 1 where it states none (EXIF 2.32, 4.6.2 and tag 0x0112). */
export function orientationOf(exif) {
  if (!exif || exif.length < 14) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
  const little = view.getUint16(0) === 0x4949;
  const first = view.getUint32(4, little);
  if (first + 2 > exif.length) return 1;
  for (let i = 0, at = first + 2; i < view.getUint16(first, little) && at + 12 <= exif.length; i++, at += 12) {
    if (view.getUint16(at, little) !== 0x0112) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** { data, width, height, channels, icc?, exif?, orientation }; throws an Error with words for what is not read. */
export async function readPicture(file) {
  const read = [
    [isPng, readPng],
    [isJpeg, readJpeg],
    [isPnm, readPnm],
  ].find(([is]) => is(file))?.[1];
  if (!read) throw new Error("neither PNG, JPEG, PGM, PPM nor PAM");
  const picture = await read(file);
  return { ...picture, orientation: orientationOf(picture.exif) };
}
