import { codecs } from "./codecs.js";
import { picture, psnr } from "./pictures.js";

/** Encodes at one quality, decodes, and says what came of it. */
async function attempt(codec, image, quality) {
  const bytes = await codec.encode(image, quality);
  const { data } = await codec.decode(bytes.slice());
  return { quality, bytes, psnr: psnr(image.data, data) };
}

/** The whole number in [low, high] whose picture is nearest to `target` dB. PSNR grows with quality, so halving the range will do. */
async function nearest(codec, image, target, [low, high]) {
  const tried = new Map();
  const at = async (quality) => tried.get(quality) ?? tried.set(quality, await attempt(codec, image, quality)).get(quality);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((await at(middle)).psnr < target) low = middle;
    else high = middle;
  }
  const [a, b] = [await at(low), await at(high)];
  return Math.abs(a.psnr - target) <= Math.abs(b.psnr - target) ? a : b;
}

/** A file of `source` by `name`: at `quality`, or at the one whose PSNR is nearest to `target`. */
export async function makeFile({ source, name, quality, target, range = [1, 100] }) {
  const image = await picture(source);
  const found = quality === undefined ? await nearest(codecs[name], image, target, range) : await attempt(codecs[name], image, quality);
  return { quality: found.quality, psnr: found.psnr, pixels: image.width * image.height, file: base64(found.bytes) };
}

/** A file of ours of so many bits a pixel. */
export async function rateFile({ source, rate }) {
  const image = await picture(source);
  const pixels = image.width * image.height;
  const { encode } = await import("./one/index.js");
  return { pixels, file: base64(await encode(image, { targetBytes: Math.floor((rate * pixels) / 8) })) };
}

function base64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text);
}
