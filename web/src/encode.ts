import type { Tools } from "./api.js";
import type { Pool } from "./pool.js";
import { bands } from "./split.js";
import type { EncodeOptions, PixelSource } from "./types.js";

interface Pixels {
  bytes: Uint8Array;
  width: number;
  height: number;
  channels: number;
  depth: 8 | 16;
}

/** The bitmap's pixels by way of a canvas, as RGBA. */
function draw({ fail }: Tools, bitmap: ImageBitmap): ImageData {
  if (typeof OffscreenCanvas === "undefined") fail("unavailable.feature", "an ImageBitmap needs OffscreenCanvas; pass ImageData or samples");
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
  context!.drawImage(bitmap, 0, 0);
  return context!.getImageData(0, 0, bitmap.width, bitmap.height);
}

function samples(tools: Tools, image: ImageData | ImageBitmap | PixelSource): Pixels {
  const { fail } = tools;
  if (typeof ImageBitmap !== "undefined" && image instanceof ImageBitmap) image = draw(tools, image);
  const { data, width, height, channels = data?.length / (width * height) } = (image ?? {}) as PixelSource;
  const depth = data instanceof Uint16Array ? 16 : 8;
  if (depth === 8 && !(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    fail("param.type", "expected ImageData, an ImageBitmap or { data, width, height } with data a Uint8Array, Uint8ClampedArray or Uint16Array");
  }
  if (![1, 2, 3, 4].includes(channels) || data.length !== width * height * channels) {
    fail("param.shape", `expected width x height x channels samples with 1 to 4 channels, got ${data.length} for ${width} x ${height} x ${channels}`);
  }
  return { bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height, channels, depth };
}

/** Refuses what would lose digits on its way into wasm. */
function within({ fail }: Tools, limits: Record<string, [value: number, low: number, high: number]>): void {
  for (const [name, [value, low, high]] of Object.entries(limits)) {
    if (!(value % 1 === 0 && value >= low && value <= high)) fail("param.range", `${name}: expected a whole number from ${low} to ${high}, got ${value}`);
  }
}

const block = (bytes?: Uint8Array | ArrayBuffer | null): Uint8Array => new Uint8Array(bytes ?? []).slice();

/** See `encode` in api.ts. @internal */
export async function encode(tools: Tools, image: ImageData | ImageBitmap | PixelSource, options: EncodeOptions): Promise<Uint8Array> {
  const pixels = samples(tools, image);
  const { signal, quality = 75, lossless = false, tile: side = 0, orientation = 0, threads = 1024, maxBytes = 0 } = options;
  within(tools, { quality: [quality, 0, 100], tile: [side, 0, 2 ** 31], orientation: [orientation, 0, 8], threads: [threads, 1, 1024] });
  const engine = tools.engine(await tools.encoder());
  const { pool } = engine;
  await tools.abortable(pool.ready(), signal);
  const setting = { quality, lossless, tile: side, maxBytes };
  const meta = [orientation, block(options.icc), block(options.exif)];
  const workers = Math.min(threads, pool.width);
  if (workers > 1) {
    const tile = setting.tile || (await pool.run("tile", [], signal));
    const rows = bands(0, pixels.height, tile, workers);
    if (rows.length > 1) return encodeRows(pool, pixels, rows, { ...setting, tile }, meta, signal);
  }
  const { bytes, width, height, channels, depth } = pixels;
  const given = pool.slots[0]?.worker ? bytes.slice() : bytes; // a worker takes the buffer away
  const args = [given, width, height, channels, depth, quality, lossless, setting.tile, ...meta, maxBytes, Math.min(threads, engine.threads)];
  return pool.run("encode", args, signal);
}

/** Codes bands of tile rows in several instances side by side and joins them to one file. */
async function encodeRows(
  pool: Pool,
  { bytes, width, height, channels, depth }: Pixels,
  rows: [number, number][],
  { quality, lossless, tile, maxBytes }: { quality: number; lossless: boolean; tile: number; maxBytes: number },
  meta: unknown[],
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const pitch = bytes.length / height;
  const cut: { stored: number; pixels: Uint8Array }[] = await Promise.all(
    rows.map(([top, end]) => pool.run("stored", [bytes.slice(top * pitch, end * pitch), channels, depth], signal)),
  );
  // Alpha is left out of the file only if it is opaque in every band.
  const stored = Math.max(...cut.map((part) => part.stored));
  const parts = await Promise.all(
    cut.map(({ pixels }, i) => {
      const [top, end] = rows[i]!;
      const args = [pixels, width, end - top, channels, stored, depth, quality, lossless, tile, width, height, maxBytes];
      return pool.run("part", args, signal);
    }),
  );
  return pool.run("join", [parts, width, height, stored, depth, tile, ...meta], signal);
}
