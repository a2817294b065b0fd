import { decodeRaw } from "./decoding.js";
import { Engine } from "./engine.js";
import type { Engines } from "./engine.js";
import { VaeransError, asVaeransError, fail, loadChunk } from "./errors.js";
import { decoderKind, encoderKind } from "./host.js";
import type { Kind } from "./host.js";
import { MOST_BYTES } from "./limits.js";
import { Picture } from "./picture.js";
import type { Global, Own } from "./platform.js";
import { rectangle, reductionOf } from "./scale.js";
import { Intake, abortable, readAll } from "./source.js";
import type { CallContext } from "./source.js";
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
  Source,
  WasmSources,
} from "./types.js";

let options: InitOptions = {};
let engines: Engines = {};
/** What ends the calls that are under way. */
const calls = new Set<AbortController>();

/** The engine of a module; made, but not loaded, when it is first asked for. */
function engineOf(kind: Kind): Engine {
  const wasm = options.wasm as WasmSources | undefined;
  const sources = {}.toString.call(wasm) === "[object Object]" ? wasm! : ({ decoder: wasm } as WasmSources);
  return (engines[kind.name] ??= new Engine(kind, { ...options, engines }, sources[kind.name as keyof WasmSources]));
}

/**
 * A call of the API. Whatever `work` waits for, the call ends when its signal is aborted, with the signal's reason, and at `dispose`;
 * any other error is a coded one, which says what a server called a `source` that is no file of ours.
 */
async function runCall<T>(options: ReadOptions | InitOptions, work: (call: CallContext) => Promise<T>, source?: Source): Promise<T> {
  const stop = new AbortController();
  const { signal } = stop;
  let from: AbortSignal | undefined;
  const abort = (): void => stop.abort(from!.reason);
  calls.add(stop);
  try {
    const given = options as ReadOptions;
    const limits = (["maxBytes", "maxPixels", "maxElements"] as const).map((name) => {
      const limit = given[name];
      if (limit !== undefined && !(limit > 0)) fail("param.range", `${name}: expected more, got ${limit}`);
      return limit;
    });
    const maxBytes = (limits[0] = Math.min(limits[0] ?? MOST_BYTES, MOST_BYTES));
    from = options.signal;
    from?.addEventListener("abort", abort);
    if (from?.aborted) abort();
    return await abortable(work({ stop, signal, maxBytes, limits }), signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const coded = asVaeransError(error);
    const { headers, url } = Object(source) as Partial<Response>;
    if (coded.code === "stream.magic" && headers) coded.message += `; ${url || "this"} was answered as ${headers.get("content-type")}`;
    throw coded;
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
  return runCall(given, async () => {
    const { threads = 1 } = given;
    if (threads !== "auto" && !(Number.isInteger(threads) && threads > 0 && threads <= 1024))
      fail("param.range", `threads: expected 1 ... 1024, got ${threads}`);
    if (calls.size < 2 && !Object.values(engines).some(({ lives }) => lives)) {
      options = given;
      engines = {};
    }
    await engineOf(decoderKind).ready();
  });
}

/** The picture of an answer. What a profile says is looked up when there is one. */
async function pictureOf(raw: Raw): Promise<Picture> {
  return new Picture(raw, raw.icc.length ? (await loadChunk(import("./space.js"))).spaceOf(raw.icc) : "srgb");
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
  return runCall(
    options,
    async (call) => {
      const { scale = 1, region, allowTruncated, rgba } = options;
      const { signal, limits } = call;
      const reduction = reductionOf(scale);
      const sides = rectangle(region);
      const engine = engineOf(decoderKind);
      const loading = signal.aborted ? undefined : engine.ready();
      loading?.catch(() => {}); // while the bytes arrive; the job below meets the error again
      const bytes = await readAll(source, call);
      const isShared = engine.wantedThreads > 1 && (await loading!).maxSlots > 1;
      const rest = [!!allowTruncated, ...limits, engine.threads, !!rgba];
      return pictureOf(
        isShared
          ? await (await loadChunk(import("./split.js"))).decodeInBands(engine, bytes, reduction, sides, rest, signal)
          : await decodeRaw(engine, [bytes, reduction, ...sides, ...rest], signal),
      );
    },
    source,
  );
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
  return runCall(
    options,
    async (call) => {
      const engine = engineOf(decoderKind);
      const intake = new Intake(source);
      // At once: what has arrived is lost with the connection, unless it was read.
      const filled = intake.fill(call);
      filled.catch(() => {});
      if (!call.signal.aborted) engine.ready().catch(() => {});
      try {
        const { progressive } = await loadChunk(import("./progressive.js"));
        return await progressive(engine, intake, filled, pictureOf, onLevel, options, call);
      } finally {
        intake.cancel(); // nobody reads any more: the connection is let go
      }
    },
    source,
  );
}

/**
 * Encodes a picture; the bytes are those of Python's `compress` with the same options.
 *
 * @param image ImageData, an ImageBitmap (drawn on an OffscreenCanvas), or samples; a Uint16Array is a 16-bit picture
 * @throws {VaeransError} `param.*`, `limit.*`, `unavailable.*`; the signal's reason
 * @example
 * const bytes = await encode(context.getImageData(0, 0, 640, 480), { quality: 80 });
 */
export function encode(image: Global<"ImageData"> | Global<"ImageBitmap"> | PixelSource, given: EncodeOptions = {}): Promise<Own<Uint8Array>> {
  return runCall(given, async (call) => {
    const encoder = async (): Promise<Engine> => engineOf(await encoderKind());
    return (await loadChunk(import("./encode.js"))).encode(encoder, image, given, call, engineOf(decoderKind));
  });
}

/**
 * Reads a file's header; no pixel is decoded.
 *
 * @throws {VaeransError} `stream.*`, `limit.*`, `param.*`, `unavailable.*`; the signal's reason
 * @example
 * const { width, height, isLossless } = await info(bytes);
 */
export function info(source: Source, options: ReadOptions = {}): Promise<FileInfo> {
  return runCall(
    options,
    async (call) => {
      const engine = engineOf(decoderKind);
      return engine.run("info", [await readAll(source, call), ...call.limits], call.signal);
    },
    source,
  );
}

/** How the decoder runs here; before it has run, how it would. */
export function engineInfo(): EngineInfo {
  return { ...engineOf(decoderKind).info };
}

/** Memory of the live instances, in bytes, as of their last answer. */
export function getMemoryStats(): MemoryStats {
  const instances = Object.entries(engines).flatMap(([module, { slots }]) =>
    slots.filter((slot) => !slot.dead).map(({ wasmBytes, arenaBytes }) => ({ module, wasmBytes, arenaBytes })),
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
