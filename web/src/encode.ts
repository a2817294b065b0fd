import { checkNumber, integer } from "./arguments.js";
import { bytesUnder } from "./bytes.js";
import type { Engine } from "./engine.js";
import { fail, loadChunk } from "./errors.js";
import { p3Profile } from "./p3-profile.js";
import type { Own } from "./platform.js";
import { abortable } from "./source.js";
import type { CallContext } from "./source.js";
import type { ColorSpace } from "./space.js";
import type { EncodeOptions, Meta, PixelSource } from "./types.js";

interface Pixels {
  bytes: Uint8Array;
  width: number;
  height: number;
  channels: number;
  depth: 8 | 16;
  colorSpace: ColorSpace;
}

/** The bitmap's pixels by way of a canvas of that colour space, as RGBA. */
function draw(bitmap: ImageBitmap, colorSpace: ColorSpace): ImageData {
  if (typeof OffscreenCanvas === "undefined") fail("unavailable.feature", "an ImageBitmap needs OffscreenCanvas; pass ImageData or samples");
  try {
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true, colorSpace })!;
    context.drawImage(bitmap, 0, 0);
    // Where a canvas has no other, this is sRGB and says so.
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  } catch (error) {
    return fail("param.type", `the ImageBitmap cannot be read (closed, of another origin, or too large): ${error}`, error);
  }
}

/** Whether it is a typed array of one of these names; it may be of another frame. */
const isArray = (data: unknown, ...names: string[]): data is Uint8Array =>
  ArrayBuffer.isView(data) && names.includes(Object.prototype.toString.call(data).slice(8, -1));

/** What a page gives for a picture. @internal */
export function pixelsOf(image: ImageData | ImageBitmap | PixelSource, asked?: ColorSpace): Pixels {
  if (typeof ImageBitmap !== "undefined" && image instanceof ImageBitmap) [image, asked] = [draw(image, asked ?? "srgb"), undefined];
  const { data, width, height, channels: given, colorSpace: own } = (image ?? {}) as PixelSource;
  const colorSpace = asked ?? own ?? "srgb";
  if (colorSpace !== "srgb" && colorSpace !== "display-p3") fail("param.range", `colorSpace: expected srgb or display-p3, got ${colorSpace}`);
  if (isArray(data, "Float16Array", "Float32Array")) fail("param.type", "floating-point samples: ask for ImageData of pixelFormat rgba-unorm8");
  const depth = isArray(data, "Uint16Array") ? 16 : 8;
  if (depth === 8 && !isArray(data, "Uint8Array", "Uint8ClampedArray")) {
    fail("param.type", "expected ImageData, an ImageBitmap or { data, width, height } with data a Uint8Array, Uint8ClampedArray or Uint16Array");
  }
  for (const [name, value] of Object.entries({ width, height })) checkNumber(name, value);
  const channels = given ?? data.length / (width * height);
  checkNumber("channels", channels);
  const sides = [width, height, channels];
  if (!sides.every((n) => Number.isInteger(n) && n > 0) || channels > 4 || data.length !== width * height * channels) {
    fail("param.shape", `expected width x height x channels samples with 1 to 4 channels, got ${data.length} for ${sides.join(" x ")}`);
  }
  return { bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height, channels, depth, colorSpace };
}

/** What the page itself takes; the rest are options of the profile, which the core knows. */
const OWN = ["profile", "orientation", "icc", "exif", "colorSpace", "signal", "maxBytes", "maxPixels", "maxElements", "threads"];

/** @internal */
export function profileOf(options: EncodeOptions): object {
  const profile = Object.entries(options).filter(([name]) => !OWN.includes(name));
  for (const [name, value] of profile)
    if (value !== null && !/number|boolean|string|undefined/.test(typeof value))
      fail("param.type", `${name}: expected a number, a flag or text, got a ${typeof value}`);
  return Object.fromEntries(profile);
}

/** A copy of a block of metadata. */
function block(name: string, given: EncodeOptions["icc"]): Uint8Array {
  if (given == null) return new Uint8Array();
  return bytesUnder(given)?.slice() ?? fail("param.type", `${name}: expected a Uint8Array or an ArrayBuffer`);
}

/** What the file is to hold beside the pixels: as the options say, else what a decoded picture brings along. @internal */
export function metadataOf(image: unknown, options: EncodeOptions): { orientation: number; icc: Uint8Array; exif: Uint8Array } {
  const { meta } = Object(image) as { meta?: Partial<Meta> };
  const own = options.exif ? 1 : (meta?.orientation ?? 1); // a block that is given says its own
  const { orientation = own > 1 ? own : 0, icc = meta?.icc, exif = meta?.exif } = options;
  return { orientation: integer("orientation", orientation, 0, 8), icc: block("icc", icc), exif: block("exif", exif) };
}

/** See `encode` in api.ts. `encoder`: its engine, which is made when the arguments are known to be right; `parent`: the decoder's, which knows the page's others. @internal */
export async function encode(
  encoder: () => Promise<Engine>,
  image: ImageData | ImageBitmap | PixelSource,
  options: EncodeOptions,
  { signal, maxBytes, limits }: CallContext,
  parent: Engine,
): Promise<Own<Uint8Array>> {
  signal.throwIfAborted();
  const { threads = 1024 } = options;
  integer("threads", threads, 1, 1024);
  const { profile: name = "photo" } = options;
  if (name !== "photo" && (name !== "vae" || !VAE)) fail("param.unknown", `profile: expected photo or vae, got ${name}`);
  const profile = profileOf(options);
  const { orientation, icc: given, exif } = metadataOf(image, options);
  const pixels = pixelsOf(image, options.colorSpace);
  const icc = pixels.colorSpace === "display-p3" && !given.length && options.icc === undefined ? p3Profile() : given;
  if (pixels.bytes.length > maxBytes) fail("limit.memory", `the samples alone take more than maxBytes, ${maxBytes}`);
  const metadata = (): unknown[] => [orientation, icc.slice(), exif.slice()]; // a worker takes the buffers away
  const rest = (): unknown[] => [pixels.width, pixels.height, pixels.channels, pixels.depth, profile, ...metadata(), ...limits];
  if (VAE && name === "vae") {
    const { encodeVae } = await abortable(loadChunk(import("./vae-encode.js")), signal);
    return encodeVae([pixels.bytes.slice(), ...rest()], signal, parent);
  }
  const engine = await abortable(encoder(), signal);
  await abortable(engine.ready(), signal);
  const bytes = engine.info.worker ? pixels.bytes.slice() : pixels.bytes;
  return engine.run("encode", [bytes, ...rest(), Math.min(threads, engine.threads)], signal);
}
