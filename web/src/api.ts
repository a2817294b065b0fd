import { Engine } from "./engine.js";
import { VaeransError, coded, fail } from "./errors.js";
import { decoder, encoder } from "./host.js";
import type { Kind } from "./host.js";
import { load, plainVariant } from "./loader.js";
import { Picture, fileInfo } from "./picture.js";
import { Intake, abortable, open, read } from "./source.js";
import type {
  DecodeOptions, EncodeOptions, EngineInfo, FileInfo, InitOptions, Level, MemoryStats, PixelSource, ProgressiveOptions, Raw, ReadOptions, Refused, Region, Source,
  WasmSources,
} from "./types.js";

let options: InitOptions = {};
let ready: Promise<void> | undefined;
const engines: Partial<Record<Kind["name"], Engine>> = {};

/** The engine of a module; made, but not loaded, when it is first asked for. @internal */
export function engine(kind: Kind): Engine {
  const { wasm } = options;
  const sources = ((wasm as WasmSources | undefined)?.decoder || (wasm as WasmSources | undefined)?.encoder ? wasm : { decoder: wasm }) as WasmSources;
  return (engines[kind.name] ??= new Engine(kind, options, sources[kind.name]));
}

/** What the chunks that are loaded on demand use of this one. @internal */
export const tools = { Intake, Picture, abortable, coded, decoded, encoder, engine, fail, fileInfo, load, open, plainVariant, reduction };
/** @internal */
export type Tools = typeof tools;

/**
 * Loads the decoder ahead of the first call, with options. Calling it is optional; until `dispose` the first call, of this or of
 * any other function, decides and further ones wait for the same.
 *
 * @throws {VaeransError} `param.range`, `unavailable.wasm`
 * @example
 * await init({ threads: "auto" });
 */
export async function init(given: InitOptions = {}): Promise<void> {
  if (!ready) {
    const { threads = 1 } = given;
    if (threads !== "auto" && !(threads > 0 && threads % 1 === 0)) fail("param.range", `threads: expected 1, 2, ... or "auto", got ${threads}`);
    if (!engines.decoder) options = given;
    const loading = engine(decoder).pool.ready().then(() => {});
    loading.catch(() => (ready = undefined));
    ready = loading;
  }
  return ready;
}

/** log2(1/scale). @internal */
function reduction(scale: number): number {
  const reduce = -Math.log2(scale);
  return [0, 1, 2, 3, 4, 5, 6].includes(reduce) ? reduce : fail("param.range", `scale: expected 1, 1/2, 1/4 ... or 1/64, got ${scale}`);
}

/** x, y, width, height as the engine wants them; width 0 is the whole. */
function rectangle(region?: Region): number[] {
  if (!region) return [0, 0, 0, 0];
  const { x, y, width, height } = region;
  const sides = [x, y, width, height];
  if (!sides.every((n, i) => n % 1 === 0 && n >= +(i > 1) && n < 2 ** 31)) fail("param.range", `region: expected whole pixels inside the picture, got ${sides}`);
  return sides;
}

/** A decode by the decoder; what only the module of pipes can undo, by that. @internal */
async function decoded(one: Engine, args: unknown[], signal?: AbortSignal): Promise<Raw> {
  const raw = (await one.pool.run("decode", args, signal)) as Raw | Refused;
  if (!("error" in raw)) return raw;
  const full = PIPES ? await import("./full.js") : undefined;
  if (!full) throw coded(raw.error);
  return abortable(full.decodeFully(tools, raw, args.slice(1)), signal);
}

/**
 * Decodes a .vrn file; in a worker, if the page can have one.
 *
 * @returns samples of the type the file holds, with the file's metadata
 * @throws {VaeransError} `stream.*` for damaged, cut or foreign bytes, `limit.*`, `param.*`, `unavailable.*`; the signal's reason
 * @example
 * const picture = await decode(await fetch("photo.vrn"), { scale: 1 / 2 });
 * canvas.getContext("2d").putImageData(picture.toImageData(), 0, 0);
 */
export async function decode(source: Source, options: DecodeOptions = {}): Promise<Picture> {
  const { scale = 1, region, signal, allowTruncated = false, maxBytes = 0 } = options;
  const reduce = reduction(scale);
  const sides = rectangle(region);
  const reading = read(source, options);
  const one = engine(decoder);
  const { pool } = one;
  const loading = pool.ready();
  loading.catch(() => {}); // while the bytes arrive; the job below meets the error again
  const bytes = await reading;
  const many = one.wanted > 1 && (await abortable(loading, signal)).width > 1;
  const rest = [allowTruncated, maxBytes, one.threads];
  if (many) {
    const whole = await (await import("./split.js")).decodeRows(tools, one, bytes, reduce, sides, rest, signal);
    if (whole) return new Picture(whole);
  }
  return new Picture(await decoded(one, [bytes, reduce, ...sides, ...rest], signal));
}

/**
 * Decodes coarse pictures while the bytes arrive, then the whole. Levels that later bytes overtake are left out.
 *
 * @param onLevel called for each paint, in order; what it returns is waited for
 * @returns the last picture painted
 * @throws {VaeransError} as `decode`; `stream.network` if the bytes stop, after the best picture they allow was painted
 * @example
 * await decodeProgressive(await fetch("photo.vrn"), (picture) => paint(picture.toImageData()));
 */
export async function decodeProgressive(
  source: Source,
  onLevel: (picture: Picture, level: Level) => unknown,
  options: ProgressiveOptions = {},
): Promise<Picture> {
  engine(decoder).pool.ready().catch(() => {});
  return (await import("./progressive.js")).progressive(tools, engine(decoder), source, onLevel, options);
}

/**
 * Encodes a picture; the bytes are those of Python's `compress` with the same options.
 *
 * @param image ImageData, an ImageBitmap (drawn on an OffscreenCanvas), or samples; a Uint16Array is a 16-bit picture
 * @throws {VaeransError} `param.*`, `limit.*`, `unavailable.*`; the signal's reason
 * @example
 * const bytes = await encode(context.getImageData(0, 0, 640, 480), { quality: 80 });
 */
export async function encode(image: ImageData | ImageBitmap | PixelSource, options: EncodeOptions = {}): Promise<Uint8Array> {
  options.signal?.throwIfAborted();
  return (await import("./encode.js")).encode(tools, image, options);
}

/**
 * Reads a file's header; no pixel is decoded.
 *
 * @throws {VaeransError} `stream.*`, `limit.*`, `param.type`, `unavailable.*`; the signal's reason
 * @example
 * const { width, height, isLossless } = await info(bytes);
 */
export async function info(source: Source, options: ReadOptions = {}): Promise<FileInfo> {
  const bytes = await read(source, options);
  return fileInfo(await engine(decoder).pool.run("info", [bytes, options.maxBytes ?? 0], options.signal));
}

/** How the decoder runs here; before it has run, how it would. */
export function engineInfo(): EngineInfo {
  return { ...engine(decoder).info };
}

/** Memory of the live instances, in bytes, as of their last answer. */
export function getMemoryStats(): MemoryStats {
  const instances = Object.entries(engines).flatMap(([module, { pool }]) =>
    pool.slots.filter((slot) => !slot.dead).map(({ wasm, arena }) => ({ module, wasmBytes: wasm, arenaBytes: arena })),
  );
  const sum = (key: "wasmBytes" | "arenaBytes"): number => instances.reduce((total, one) => total + one[key], 0);
  return { wasmBytes: sum("wasmBytes"), arenaBytes: sum("arenaBytes"), instances };
}

/** Ends every instance and worker; calls under way reject with `unavailable.worker`. The next call starts anew. */
export function dispose(): void {
  ready = undefined;
  for (const name of ["decoder", "encoder"] as const) {
    engines[name]?.pool.close(new VaeransError("unavailable.worker", "dispose() was called"));
    delete engines[name];
  }
}
