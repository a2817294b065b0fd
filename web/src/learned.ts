import make from "glue:learned-simd";
import { bytesUnder } from "./bytes.js";
import { metadataOf, pixelsOf, profileOf } from "./encode.js";
import { VaeransError, fail, parseError } from "./errors.js";
import type { CoreModel, Described, LearnedGlue, Needed } from "./learned-glue.js";
import { baseUrl, learnedKind } from "./learned-host.js";
import { MOST_BYTES } from "./limits.js";
import { loadModule, plainVariant } from "./loader.js";
import { Picture } from "./picture.js";
import type { Global, Own } from "./platform.js";
import { rectangle, reductionOf } from "./scale.js";
import { readAll } from "./source.js";
import { spaceOf } from "./space.js";
import type { DecodeOptions, EncodeOptions, Limits, PixelSource, ReadOptions, Source, WasmSource } from "./types.js";

export { VaeransError } from "./index.js";
export type { Needed };

/** The two files of a compiled network. */
export interface NetworkBytes {
  plan: ArrayBufferLike | ArrayBufferView;
  weights: ArrayBufferLike | ArrayBufferView;
}

/** Where a model may come from: the URL of a folder of Python's `compile_model`, or its networks as bytes. */
export type LearnedSource = Global<"URL"> | string | { decoder: NetworkBytes; encoder?: NetworkBytes | undefined };

export interface LearnedOptions {
  /** In place of the package's own file. */
  wasm?: WasmSource | undefined;
  /** false: the encoder is not fetched. */
  encoder?: boolean | undefined;
  /** Most bytes of a network. */
  maxBytes?: number | undefined;
  /** Ends the call: it rejects with `signal.reason`. */
  signal?: Global<"AbortSignal"> | undefined;
}

/** Options of the codec that ships and of photos, which other models have not. */
type OfOthers = "profile" | "fallback" | "targetBytes" | "targetPsnr" | "effort" | "tune" | "progressive" | "tile";

/** Options of `LearnedModel.encode`: `quality` 0 to 100, `lossless`, or `maxError`, the largest error of a sample. */
export type LearnedEncodeOptions = Omit<EncodeOptions, "threads" | "signal" | OfOthers>;

let own: Promise<WebAssembly.Module> | undefined;

/** The compiled module: fetched once, whatever the number of models. */
function compiled(given?: WasmSource): Promise<WebAssembly.Module> {
  if (given) return loadModule(learnedKind, plainVariant(), given);
  return (own ??= loadModule(learnedKind, plainVariant()).catch((error) => {
    own = undefined;
    throw error;
  }));
}

const limitsOf = ({ maxBytes, maxPixels, maxElements }: Limits): (number | undefined)[] => [
  Math.min(maxBytes ?? MOST_BYTES, MOST_BYTES),
  maxPixels,
  maxElements,
];

/** Text that wasm throws is a coded error; anything else is a trap. */
function guarded<T>(glue: LearnedGlue, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (typeof error === "string") throw parseError(error);
    if (error instanceof VaeransError) throw error;
    return fail(error instanceof RangeError || glue.refused() ? "limit.memory" : "internal.bug", `the wasm instance failed: ${error}`, error);
  }
}

async function started(wasm?: WasmSource): Promise<LearnedGlue> {
  const module = await compiled(wasm);
  const glue = (make as unknown as () => LearnedGlue)();
  try {
    glue.initSync({ module });
  } catch (error) {
    fail(error instanceof RangeError ? "limit.memory" : "unavailable.wasm", `the wasm module cannot be started: ${error}`, error);
  }
  return glue;
}

/** All bytes of a source. */
function read(source: Source, { signal, ...limits }: ReadOptions): Promise<Uint8Array> {
  const [maxBytes, ...others] = limitsOf(limits) as [number];
  const stop = new AbortController();
  return readAll(source, { stop, signal: signal ?? stop.signal, maxBytes, limits: [maxBytes, ...others] });
}

/** Plan and weights in a folder; undefined where there is no plan. */
async function networkAt(folder: URL, name: string, options: LearnedOptions): Promise<[Uint8Array, Uint8Array] | undefined> {
  const file = async (file: string): Promise<Uint8Array | undefined> => {
    const url = Object.assign(new URL(folder), { pathname: folder.pathname.replace(/\/?$/, `/${name}/${file}`) });
    const response = await learnedKind.get(url).catch((error: unknown) => fail("stream.network", `${url}: ${error}`, error));
    if (response.status === 404) return undefined;
    if (response.headers.get("content-type")?.startsWith("text/html")) fail("stream.network", `${url} was answered with a page of HTML: is the model there?`);
    return read(response, options);
  };
  const [plan, weights] = await Promise.all([file("plan.bin"), file("weights.bin")]);
  return plan && weights && [plan, weights];
}

async function networksOf(source: LearnedSource, options: LearnedOptions): Promise<(Uint8Array | undefined)[]> {
  if (typeof source === "string" || source instanceof URL) {
    const folder = new URL(source, baseUrl());
    const wanted = options.encoder === false ? ["decoder"] : ["decoder", "encoder"];
    const [decoder, encoder = []] = await Promise.all(wanted.map((name) => networkAt(folder, name, options)));
    if (!decoder) fail("model.not_found", `${folder} has no decoder: pass the URL of a folder that compile_model wrote`);
    return [...decoder, ...encoder];
  }
  const { decoder, encoder } = Object(source) as { decoder?: NetworkBytes; encoder?: NetworkBytes };
  if (!decoder) fail("param.type", "expected the URL of a folder, or { decoder: { plan, weights } }");
  return [decoder, ...(encoder && options.encoder !== false ? [encoder] : [])].flatMap(({ plan, weights }) => [bytesUnder(plan), bytesUnder(weights)]);
}

/**
 * A learned model: decodes and encodes files of the profile `vae`, on the calling thread. It runs in strict mode: the pixels, and the bytes,
 * are those of every other machine. Once loaded it needs no network.
 *
 * @example
 * const model = await LearnedModel.load("/models/taesd");
 * const picture = await model.decode(await fetch("photo.vrn"));
 * canvas.getContext("2d").putImageData(picture.toImageData(), 0, 0);
 */
export class LearnedModel {
  /** SHA-256 of the plan of its decoder: files name it by that. */
  readonly sha256: string;
  /** Channels of its latents. */
  readonly channels: number;
  /** Pixels of a sample of a latent along each axis. */
  readonly downscale: number;
  /** Whether it has an encoder. */
  readonly encodes: boolean;

  private constructor(
    private readonly glue: LearnedGlue,
    private core: CoreModel | undefined,
    told: Described,
  ) {
    ({ sha256: this.sha256, channels: this.channels, downscale: this.downscale, encodes: this.encodes } = told);
  }

  /**
   * Loads a model.
   *
   * @throws {VaeransError} `model.*` for what is no model, `stream.network`, `unavailable.wasm`, `limit.*`; the signal's reason
   */
  static async load(source: LearnedSource, options: LearnedOptions = {}): Promise<LearnedModel> {
    options.signal?.throwIfAborted();
    const [networks, glue] = await Promise.all([networksOf(source, options), started(options.wasm)]);
    const none = new Uint8Array();
    const [plan, weights, encoderPlan = none, encoderWeights = none] = networks;
    if (!plan || !weights) fail("param.type", "expected plan and weights as bytes");
    options.signal?.throwIfAborted();
    return guarded(glue, () => {
      const core = new glue.LearnedModel(plan, weights, encoderPlan, encoderWeights, limitsOf(options)[0]!);
      return new LearnedModel(glue, core, core.describe());
    });
  }

  /**
   * Decodes a file that names this model, or any other file of pictures.
   *
   * @throws {VaeransError} `model.not_found` for a file of another model, which `modelsOf` tells; as `decode` of `vaerans`
   */
  async decode(source: Source, options: DecodeOptions = {}): Promise<Picture> {
    const { scale = 1, region, allowTruncated, rgba } = options;
    const where = [reductionOf(scale), ...rectangle(region)];
    const bytes = await read(source, options);
    const raw = this.call((core) => core.decode(bytes, ...where, !!allowTruncated, ...limitsOf(options), !!rgba));
    return new Picture(raw, raw.icc.length ? spaceOf(raw.icc) : "srgb");
  }

  /**
   * Encodes a picture of red, green and blue, or of grey; opaque alpha is left out.
   *
   * @throws {VaeransError} `param.*`, `limit.*`; `model.missing_file` for a model without an encoder
   */
  async encode(image: Global<"ImageData"> | PixelSource, options: LearnedEncodeOptions = {}): Promise<Own<Uint8Array>> {
    const { bytes, width, height, channels, depth } = pixelsOf(image as PixelSource, options.colorSpace);
    const { orientation, icc, exif } = metadataOf(image, options);
    const profile = profileOf(options);
    return this.call((core) => core.encode(bytes, width, height, channels, depth, profile, orientation, icc, exif, ...limitsOf(options)));
  }

  /** Gives its memory back. */
  dispose(): void {
    this.core = undefined;
    // The glue keeps the memory alive through its views; nothing names it any longer.
    Object.assign(this, { glue: undefined });
  }

  private call<T>(work: (core: CoreModel) => T): T {
    const { core } = this;
    if (!core) return fail("param.type", "the model was disposed of: load it again");
    return guarded(this.glue, () => work(core));
  }
}

/**
 * The learned models that a file needs: for a page that has several, to choose the one to load.
 *
 * @throws {VaeransError} `stream.*`, `limit.*`
 */
export async function modelsOf(source: Source, options: ReadOptions & { wasm?: WasmSource | undefined } = {}): Promise<Needed[]> {
  const [bytes, glue] = await Promise.all([read(source, options), started(options.wasm)]);
  return guarded(glue, () => glue.models(bytes, ...limitsOf(options)));
}
