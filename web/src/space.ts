/** Colour spaces that canvases and ImageData know. */
export type ColorSpace = "srgb" | "display-p3";

/** Red, green and blue of Display P3, adapted to the D50 white of profiles (X, Y, Z): what its rXYZ, gXYZ and bXYZ tags hold. @internal */
export const P3: Record<string, number[]> = {
  rXYZ: [0.5151, 0.2412, -0.0011],
  gXYZ: [0.292, 0.6922, 0.0419],
  bXYZ: [0.1571, 0.0666, 0.7841],
};

/** Display P3 if that is what an ICC profile's primaries say (ICC.1:2022, 7.3 and 10.31); sRGB for any other, none and grey. @internal */
export function spaceOf(icc: Uint8Array): ColorSpace {
  const view = new DataView(icc.buffer, icc.byteOffset, icc.length);
  const word = (at: number): string => String.fromCharCode(...icc.subarray(at, at + 4));
  if (icc.length < 132 || word(16) !== "RGB ") return "srgb";
  let alike = 0;
  for (let at = 132; at + 12 <= Math.min(icc.length, 132 + 12 * view.getUint32(128)); at += 12) {
    const primary = P3[word(at)];
    const data = view.getUint32(at + 4) + 8;
    if (!primary || data + 12 > icc.length) continue;
    if (primary.every((expected, i) => Math.abs(view.getInt32(data + 4 * i) / 65536 - expected) < 0.003)) alike++;
  }
  return alike === 3 ? "display-p3" : "srgb";
}
