/** A worker: the sample, the browser's own codecs at a quality that matches, PSNR and residual. */
import { sample } from "./sample.js";

let original;
/** The last search that was asked for; an older one gives up. */
let wanted = 0;

/** 10 log10(255² / mean squared error) over red, green and blue; Infinity if there is none. */
function psnr(pixels) {
  const { data } = original;
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += (data[i] - pixels[i]) ** 2 + (data[i + 1] - pixels[i + 1]) ** 2 + (data[i + 2] - pixels[i + 2]) ** 2;
  return sum ? 10 * Math.log10((255 ** 2 * 0.75 * data.length) / sum) : Infinity;
}

function residual({ pixels, gain }) {
  const { data } = original;
  const out = new Uint8ClampedArray(data.length).fill(255);
  for (let i = 0; i < out.length; i++) if ((i & 3) < 3) out[i] = gain * Math.abs(data[i] - pixels[i]);
  return { pixels: out };
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

/** The lowest quality that reaches the PSNR; the best there is if none does. */
async function peer({ type, target, serial }) {
  wanted = serial;
  const { data, width, height } = original;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
  let best = await attempt(canvas, type, 100);
  if (type === "image/png") return best;
  for (let low = 0, high = 100; high - low > 1;) {
    if (wanted !== serial) return { isStale: true };
    const middle = (low + high) >> 1;
    const got = await attempt(canvas, type, middle);
    if (got.psnr >= target) [best, high] = [got, middle];
    else low = middle;
  }
  return best;
}

const OPS = {
  sample: () => (original = sample()) && { ...original, data: original.data.slice() },
  original: (picture) => void (original = picture),
  psnr: ({ pixels }) => psnr(pixels),
  residual,
  peer,
};

onmessage = async ({ data: [id, op, argument] }) => {
  try {
    postMessage([id, await OPS[op](argument)]);
  } catch (error) {
    postMessage([id, undefined, error.message]);
  }
};
