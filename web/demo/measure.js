/** A worker: the sample, the browser's own codecs at a quality that matches, PSNR and residual. */
import { sample } from "./sample.js";

/** The photo that is measured against: `{ id, data, width, height, hasAlpha }`. Questions name it by its id. */
let original = {};
/** The last search that was asked for; an older one gives up. */
let wanted = 0;

/** Squared differences of red, green and blue, summed. */
function opaqueError(from, to) {
  let sum = 0;
  for (let i = 0; i < from.length; i += 4) sum += (from[i] - to[i]) ** 2 + (from[i + 1] - to[i + 1]) ** 2 + (from[i + 2] - to[i + 2]) ** 2;
  return sum;
}

/** The same of colours as far as alpha lets them be seen, and of alpha. */
function alphaError(from, to) {
  let sum = 0;
  for (let i = 0; i < from.length; i += 4) {
    const [a, b] = [from[i + 3] / 255, to[i + 3] / 255];
    for (let k = i; k < i + 3; k++) sum += (a * from[k] - b * to[k]) ** 2;
    sum += (from[i + 3] - to[i + 3]) ** 2;
  }
  return sum;
}

/** 10 log10(255² / mean squared error); Infinity if there is none. */
function psnr(pixels) {
  const { data, hasAlpha } = original;
  const [sum, planes] = hasAlpha ? [alphaError(data, pixels), 4] : [opaqueError(data, pixels), 3];
  return sum ? 10 * Math.log10((255 ** 2 * (planes / 4) * data.length) / sum) : Infinity;
}

function residual({ pixels, gain }) {
  const { data } = original;
  const out = new Uint8ClampedArray(data.length).fill(255);
  for (let i = 0; i < out.length; i++) if ((i & 3) < 3) out[i] = gain * Math.abs(data[i] - pixels[i]);
  return out;
}

/** One encoding and decoding by the browser. */
async function attempt(canvas, type, quality) {
  const started = performance.now();
  const blob = await canvas.convertToBlob({ type, quality: quality / 100 });
  const encoded = performance.now();
  if (blob.type !== type) throw new Error("this browser cannot write it");
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const decoded = performance.now();
  bitmap.close();
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  return { bytes: blob.size, quality, psnr: psnr(pixels), encodeMs: encoded - started, decodeMs: decoded - encoded, pixels };
}

/** The best quality whose file has no more than `target` bytes; the least if none has. undefined: overtaken by another question. */
async function peer({ type, target, serial }) {
  wanted = serial;
  const { id, data, width, height, hasAlpha } = original;
  if (hasAlpha && type === "image/jpeg") throw new Error("keeps no transparency");
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
  const isOvertaken = () => wanted !== serial || original.id !== id;
  const sizeAt = async (quality) => (await canvas.convertToBlob({ type, quality: quality / 100 })).size;
  let quality = 100;
  for (let low = 0, high = 101; target < Infinity && high - low > 1 && !isOvertaken(); quality = low) {
    const middle = (low + high) >> 1;
    if ((await sizeAt(middle)) <= target) low = middle;
    else high = middle;
  }
  const best = await attempt(canvas, type, quality);
  return isOvertaken() ? undefined : { ...best, isReached: target < Infinity ? best.bytes <= target : best.psnr === Infinity };
}

const OPS = {
  sample: () => sample(),
  original: (picture) => void (original = picture),
  psnr: ({ pixels }) => psnr(pixels),
  residual,
  peer,
};

onmessage = async ({ data: [id, op, argument] }) => {
  // A question about a photo that is no longer there has no answer.
  const isLate = argument?.photo !== undefined && argument.photo !== original.id;
  try {
    postMessage([id, isLate ? undefined : await OPS[op](argument)]);
  } catch (error) {
    postMessage([id, undefined, error.message]);
  }
};
