/** JPEG through the package jpeg-js; ICC profile and EXIF block are read here. */

export const isJpeg = (file) => file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff;

const MISSING = "JPEG files need the package jpeg-js, which is not installed: npm i -D jpeg-js (or give PNG files)";

async function decoder() {
  try {
    return (await import("jpeg-js")).default;
  } catch (error) {
    if (error.code === "ERR_MODULE_NOT_FOUND") throw new Error(MISSING);
    throw error;
  }
}

/** Segments before the picture: { marker, body }. */
function* segments(file) {
  for (let at = 2; at + 4 <= file.length && file[at] === 0xff;) {
    const marker = file[at + 1];
    if (marker === 0xda) return;
    const end = at + 2 + file.readUInt16BE(at + 2);
    yield { marker, body: file.subarray(at + 4, end) };
    at = end;
  }
}

const starts = (body, text) => body.toString("latin1", 0, text.length) === text;

/** Parts of a profile come in numbered APP2 segments (ICC.1:2022, B.4). */
function profileOf(parts) {
  const ordered = parts.filter(({ body }) => starts(body, "ICC_PROFILE\0")).sort((a, b) => a.body[12] - b.body[12]);
  return ordered.length ? new Uint8Array(Buffer.concat(ordered.map(({ body }) => body.subarray(14)))) : undefined;
}

/** A file's samples and metadata: { data, width, height, channels, icc?, exif? }. */
export async function readJpeg(file) {
  const { decode } = await decoder();
  const parts = [...segments(file)];
  const frame = parts.find(({ marker }) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
  if (!frame) throw new Error("JPEG: no frame header: the file is damaged");
  const components = frame.body[5];
  const options = { useTArray: true, formatAsRGBA: false, tolerantDecoding: false, maxResolutionInMP: 2000, maxMemoryUsageInMB: 8192 };
  const { data, width, height } = decode(file, options);
  const exif = parts.find(({ marker, body }) => marker === 0xe1 && starts(body, "Exif\0\0"))?.body.subarray(6);
  const icc = profileOf(parts.filter(({ marker }) => marker === 0xe2));
  const meta = { width, height, exif, icc: components < 4 ? icc : undefined }; // a profile for CMYK says nothing of RGB
  if (components > 1) return { ...meta, data, channels: 3 };
  return { ...meta, data: data.filter((_, i) => i % 3 === 0), channels: 1 };
}
