import { Engine } from "./engine.js";
import { VaeransError, coded, fail, known, part } from "./errors.js";
import { decoder, encoder } from "./host.js";
import type { Kind } from "./host.js";
import { load, plainVariant } from "./loader.js";
import { Picture, fileInfo } from "./picture.js";
import { take } from "./slot.js";
import { Intake, abortable, open, read } from "./source.js";
import type { Run } from "./source.js";
import type {
  DecodeOptions,
  EncodeOptions,
  EngineInfo,
  FileInfo,
  InitOptions,
  Level,
  MemoryStats,
  PixelSource,
  ProgressiveOptions,
  Raw,
  ReadOptions,
  Refused,
  Region,
  Source,
  WasmSources,
} from "./types.js";

let options: InitOptions = {};
let engines: Partial<Record<Kind["name"], Engine>> = {};
/** What ends the calls that are under way. */
const calls = new Set<AbortController>();

/** The engine of a module; made, but not loaded, when it is first asked for. @internal */
export function engine(kind: Kind): Engine {
  const wasm = options.wasm as WasmSources | undefined;
  const sources = wasm?.decoder || wasm?.encoder ? wasm : ({ decoder: wasm } as WasmSources);
  return (engines[kind.name] ??= new Engine(kind, options, sources[kind.name]));
}

/** What the chunks that are loaded on demand use of this one. @internal */
export const tools = { Picture, abortable, coded, decoded, encoder, engine, fail, fileInfo, load, open, plainVariant, reduction, take };
/** @internal */
export type Tools = typeof tools;

/** More than any memory here holds. */
const MOST = 2 ** 31 - 1;

/**
 * A call of the API. Whatever `work` waits for, the call ends when its signal is aborted, with the signal's reason, and at `dispose`;
 * any other error is a coded one.
 */
async function call<T>(options: ReadOptions | InitOptions, work: (run: Run) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const { signal } = stop;
  let from: AbortSignal | undefined;
  const abort = (): void => stop.abort(from!.reason);
  calls.add(stop);
  try {
    const { maxBytes = MOST } = options as ReadOptions;
    if (!(maxBytes > 0)) fail("param.range", `maxBytes: expected more, got ${maxBytes}`);
    from = options.signal;
    from?.addEventListener("abort", abort);
    if (from?.aborted) abort();
    return await abortable(work({ stop, signal, maxBytes: Math.min(maxBytes, MOST) }), signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : known(error);
  } finally {
    calls.delete(stop);
    from?.removeEventListener?.("abort", abort);
  }
}

/**
 * Loads the decoder ahead of the first call, with options. Calling it is optional; the first call that loads something, of this or of
 * any other function, decides, and further ones wait for the same. After `dispose`, and after a failure, other options may be given.
 *
 * @throws {VaeransError} `param.*`, `unavailable.*`, `limit.memory`; the signal's reason
 * @example
 * await init({ threads: "auto" });
 */
export function init(given: InitOptions = {}): Promise<void> {
  return call(given, async () => {
    const { threads = 1 } = given;
    if (threads !== "auto" && !(Number.isInteger(threads) && threads > 0 && threads <= 1024))
      fail("param.range", `threads: expected 1 ... 1024, got ${threads}`);
    if (calls.size < 2 && !Object.values(engines).some(({ lives }) => lives)) {
      options = given;
      engines = {};
    }
    await engine(decoder).ready();
  });
}

/** log2(1/scale). @internal */
function reduction(scale: number): number {
  const reduce = -Math.log2(scale);
  return [0, 1, 2, 3, 4, 5, 6].includes(reduce) ? reduce : fail("param.range", `scale: expected 1, 1/2 ... 1/64, got ${scale}`);
}

/** x, y, width, height as the engine wants them; width 0 is the whole. */
function rectangle(region?: Region): number[] {
  if (region == null) return [0, 0, 0, 0];
  const { x, y, width, height } = region;
  const sides = [x, y, width, height];
  if (!sides.every((n, i) => Number.isInteger(n) && n >= +(i > 1) && n <= MOST)) fail("param.range", "region: expected whole pixels");
  return sides;
}

/** A decode by the decoder; what only the module of pipes can undo, by that. @internal */
async function decoded(one: Engine, args: unknown[], signal: AbortSignal): Promise<Raw> {
  const raw = (await one.run("decode", args, signal)) as Raw | Refused;
  if (!("error" in raw)) return raw;
  const full = PIPES ? await abortable(part(import("./full.js")), signal) : undefined;
  if (!full) throw coded(raw.error);
  return full.decodeFully(tools, raw, args.slice(1), signal);
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
export function decode(source: Source, options: DecodeOptions = {}): Promise<Picture> {
  return call(options, async (run) => {
    const { scale = 1, region, allowTruncated } = options;
    const { signal, maxBytes } = run;
    const reduce = reduction(scale);
    const sides = rectangle(region);
    const one = engine(decoder);
    const loading = signal.aborted ? undefined : one.ready();
    loading?.catch(() => {}); // while the bytes arrive; the job below meets the error again
    const bytes = await read(source, run);
    const many = one.wanted > 1 && (await loading!).width > 1;
    const rest = [!!allowTruncated, maxBytes, one.threads];
    if (many) {
      const whole = await (await part(import("./split.js"))).decodeRows(tools, one, bytes, reduce, sides, rest, signal);
      if (whole) return new Picture(whole);
    }
    return new Picture(await decoded(one, [bytes, reduce, ...sides, ...rest], signal));
  });
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
export function decodeProgressive(source: Source, onLevel: (picture: Picture, level: Level) => unknown, options: ProgressiveOptions = {}): Promise<Picture> {
  return call(options, async (run) => {
    const one = engine(decoder);
    const intake = new Intake();
    // At once: what has arrived is lost with the connection, unless it was read.
    const filled = intake.fill(open(source), run);
    filled.catch(() => {});
    if (!run.signal.aborted) one.ready().catch(() => {});
    try {
      return await (await part(import("./progressive.js"))).progressive(tools, one, intake, filled, onLevel, options, run);
    } finally {
      intake.cancel(); // nobody reads any more: the connection is let go
    }
  });
}

/**
 * Encodes a picture; the bytes are those of Python's `compress` with the same options.
 *
 * @param image ImageData, an ImageBitmap (drawn on an OffscreenCanvas), or samples; a Uint16Array is a 16-bit picture
 * @throws {VaeransError} `param.*`, `limit.*`, `unavailable.*`; the signal's reason
 * @example
 * const bytes = await encode(context.getImageData(0, 0, 640, 480), { quality: 80 });
 */
export function encode(image: ImageData | ImageBitmap | PixelSource, options: EncodeOptions = {}): Promise<Uint8Array> {
  return call(options, async (run) => (await part(import("./encode.js"))).encode(tools, image, options, run));
}

/**
 * Reads a file's header; no pixel is decoded.
 *
 * @throws {VaeransError} `stream.*`, `limit.*`, `param.*`, `unavailable.*`; the signal's reason
 * @example
 * const { width, height, isLossless } = await info(bytes);
 */
export function info(source: Source, options: ReadOptions = {}): Promise<FileInfo> {
  return call(options, async (run) => {
    const one = engine(decoder);
    return fileInfo(await one.run("info", [await read(source, run), run.maxBytes], run.signal));
  });
}

/** How the decoder runs here; before it has run, how it would. */
export function engineInfo(): EngineInfo {
  return { ...engine(decoder).info };
}

/** Memory of the live instances, in bytes, as of their last answer. */
export function getMemoryStats(): MemoryStats {
  const instances = Object.entries(engines).flatMap(([module, { slots }]) =>
    slots.filter((slot) => !slot.dead).map(({ wasm, arena }) => ({ module, wasmBytes: wasm, arenaBytes: arena })),
  );
  const sum = (key: "wasmBytes" | "arenaBytes"): number => instances.reduce((total, one) => total + one[key], 0);
  return { wasmBytes: sum("wasmBytes"), arenaBytes: sum("arenaBytes"), instances };
}

/**
 * Ends every instance and worker; calls under way reject with `unavailable.worker`. The next call starts anew, with the options that
 * `init` was given if it is not called again.
 */
export function dispose(): void {
  const error = new VaeransError("unavailable.worker", "dispose()");
  for (const one of Object.values(engines)) one.close(error);
  engines = {};
  for (const stop of calls) stop.abort(error);
}
