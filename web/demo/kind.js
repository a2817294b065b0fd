/** What the first bytes of a file say about it: its format, and what a canvas of 8 bits would lose of it. */
const word = (bytes, at) => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Where the text first stands in the bytes; -1: nowhere. */
function find(bytes, text) {
  for (let at = 0; at + text.length <= bytes.length; at++) if (word(bytes, at) === text) return at;
  return -1;
}

/** Types of the chunks of a PNG file in front of its samples. */
function chunks(bytes) {
  const found = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const type = word(bytes, at + 4);
    if (type === "IDAT") break;
    found.push(type);
  }
  return found;
}

function png(bytes) {
  return { format: "PNG", bits: bytes[24] === 16 ? 16 : 8, isAnimated: chunks(bytes).includes("acTL") };
}

function riff(bytes) {
  return { format: "WebP", bits: 8, isAnimated: word(bytes, 12) === "VP8X" && (bytes[20] & 2) > 0 };
}

/** AVIF and HEIC: their boxes av1C and hvcC tell the bits (AV1-ISOBMFF 2.3.3, ISO/IEC 14496-15 8.3.3). */
function iso(bytes) {
  const brand = word(bytes, 8);
  const [av1, hevc] = [find(bytes, "av1C"), find(bytes, "hvcC")];
  let bits = 8;
  if (av1 >= 0 && bytes[av1 + 6] & 0x40) bits = bytes[av1 + 6] & 0x20 ? 12 : 10;
  if (hevc >= 0) bits = 8 + (bytes[hevc + 21] & 7);
  return { format: av1 >= 0 || brand.startsWith("avi") ? "AVIF" : "HEIC", bits, isAnimated: brand === "avis" };
}

/** Of the first bytes of a file, a few thousand: `{ format, bits, isAnimated }`; format "" if it is none of those known here. */
export function kindOf(bytes) {
  const [first, second] = [word(bytes, 0), word(bytes, 4)];
  if (first === "\x89PNG") return png(bytes);
  if (first === "RIFF" && word(bytes, 8) === "WEBP") return riff(bytes);
  if (second === "ftyp") return iso(bytes);
  if (first.startsWith("\xff\xd8\xff")) return { format: "JPEG", bits: 8, isAnimated: false };
  if (first === "GIF8") return { format: "GIF", bits: 8, isAnimated: find(bytes, "NETS") >= 0 };
  if (first === "\xf6VRN") return { format: "VRN", bits: 8, isAnimated: false };
  if (first.startsWith("BM")) return { format: "BMP", bits: 8, isAnimated: false };
  return { format: "", bits: 8, isAnimated: false };
}
