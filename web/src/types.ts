import type { ByteStream, Global, Own, WasmModule } from "./platform.js";
import type { PhotoOptions, VaeOptions } from "./profile-options.js";
import type { ColorSpace } from "./space.js";

/** Where a file may come from: bytes, or anything that the platform can read bytes from. */
export type Source = ArrayBufferLike | ArrayBufferView | Global<"Response"> | Global<"Blob"> | ByteStream;

/** A wasm module, as the page has it: a URL to fetch, the bytes, or the compiled module. */
export type WasmSource = Global<"URL"> | string | ArrayBuffer | Uint8Array | WasmModule;

/** The modules by name; `decoder` serves everything but `encode`, and `vae` and `vaeencoder` the files of the learned codec. */
export interface WasmSources {
  decoder?: WasmSource | undefined;
  encoder?: WasmSource | undefined;
  vae?: WasmSource | undefined;
  vaeencoder?: WasmSource | undefined;
}

/** Plan and weights of a compiled network. */
export interface NetworkUrls {
  plan: Global<"URL"> | string;
  weights: Global<"URL"> | string;
}

/** Where the files of a learned codec are. A page that only decodes does without `encoder` and `analysis`. */
export interface ModelUrls {
  head: Global<"URL"> | string;
  predictor: Global<"URL"> | string;
  decoder: NetworkUrls;
  enhancement?: NetworkUrls | undefined;
  encoder?: NetworkUrls | undefined;
  analysis?: NetworkUrls | undefined;
}

export interface InitOptions {
  /** In place of the package's own files. One source alone stands for the decoder. */
  wasm?: WasmSource | WasmSources | undefined;
  /** Workers that share one picture, 1 to 1024; 1 by default. "auto": as many as there are cores, 8 at most. */
  threads?: number | "auto" | undefined;
  /**
   * Where the files of the learned codec are: the URL of a folder, or each file's as the package `vaerans-vae` tells; without it the folder
   * `vae` beside the package's scripts. They are fetched for the first file that needs them, and kept in Cache Storage.
   */
  model?: Global<"URL"> | string | ModelUrls | undefined;
  /** Told as the files of the learned codec arrive; a total that a server does not tell is what has arrived. */
  onModelProgress?: ((progress: { loaded: number; total: number }) => void) | undefined;
  /** false: run on the calling thread. */
  worker?: boolean | undefined;
  /** Ends the wait, with `signal.reason`; what is being loaded is loaded on. */
  signal?: Global<"AbortSignal"> | undefined;
}

/** A rectangle in pixels of the full size. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Limits {
  /**
   * Refuse files that are longer than so many bytes (`limit.file_size`), and pictures that need more working memory
   * (`limit.memory`); 2^31 - 1 by default, and at most.
   */
  maxBytes?: number | undefined;
  /** Refuse pictures of more pixels (`limit.dimensions`); 2^28 by default. */
  maxPixels?: number | undefined;
  /** Refuse tensors of more elements (`limit.symbols`); 2^30 by default. */
  maxElements?: number | undefined;
}

export interface ReadOptions extends Limits {
  /** Ends the call: it rejects with `signal.reason`, and a stream that it reads is cancelled. */
  signal?: Global<"AbortSignal"> | undefined;
}

export interface DecodeOptions extends ReadOptions {
  /** 1, 1/2, 1/4 ... 1/64 of the size; a smaller one costs less time and memory. */
  scale?: number | undefined;
  /** Only this part; tiles outside it are not decoded. */
  region?: Region | undefined;
  /** Show what a cut file still holds, instead of `stream.truncated`. */
  allowTruncated?: boolean | undefined;
  /**
   * Red, green, blue and alpha of 8 bits, made where the picture is decoded: `toImageData()` then takes the samples as they are, and costs the
   * page no time. 16 bits are rounded, what has no alpha is opaque. Tensors stay as they are.
   */
  rgba?: boolean | undefined;
}

export interface ProgressiveOptions extends ReadOptions, Pick<DecodeOptions, "rgba"> {
  /**
   * The sizes to paint, or what tells them from the file's header; [1/8, 1/4, 1/2, 1] by default. Where the last is smaller than 1, the
   * source is let go as soon as the bytes for it are there.
   */
  scales?: number[] | ((header: FileInfo) => number[]) | undefined;
  /** Called once, before the first paint, as soon as the file's header is there; what it returns is waited for. */
  onHeader?: ((header: FileInfo) => unknown) | undefined;
}

/** What `decodeProgressive` says of a paint. */
export interface Level {
  /** Of the picture just painted. */
  scale: number;
  /** Bytes that had arrived when its decoding began. */
  bytes: number;
  /** true once: for the last paint. */
  done: boolean;
}

/**
 * Options of the codec's profile, and the page's own.
 *
 * `quality`: the quantiser's step never grows as it rises. Nor do size and PSNR fall, of photos, drawings and noise; smooth pictures
 * may hit a finer step worse: size by 6 %, PSNR by 4 dB, what lies above 48 dB left out. A
 * picture below 3 * 2**17 pixels takes the next quality that divides by 2, 4, 5, 20 or 50, the smaller the longer.
 */
export interface EncodeOptions extends PhotoOptions, Omit<VaeOptions, keyof PhotoOptions> {
  /** "photo", which is the default, or "vae": the learned codec, whose files are fetched at its first use. */
  profile?: "photo" | "vae" | undefined;
  /**
   * EXIF orientation 1 to 8 to keep in the file, and in its EXIF block; by default that of the block, or of a picture which `decode` gave.
   */
  orientation?: number | undefined;
  /**
   * ICC profile, of the picture's channels, and EXIF block, with or without `Exif\0\0` in front; by default those of a picture which
   * `decode` gave, null: none.
   */
  icc?: Uint8Array | ArrayBuffer | null | undefined;
  exif?: Uint8Array | ArrayBuffer | null | undefined;
  /**
   * Colour space of the samples, and the one that an ImageBitmap is drawn in; by default the ImageData's, else sRGB. Display P3 goes
   * into the file as an ICC profile, if `icc` is not given.
   */
  colorSpace?: ColorSpace | undefined;
  /** Ends the call: it rejects with `signal.reason`. */
  signal?: Global<"AbortSignal"> | undefined;
  /** Refuse pictures that need more bytes of working memory (`limit.memory`); 2^31 - 1 by default, and at most. */
  maxBytes?: number | undefined;
  /** Refuse pictures of more pixels (`limit.dimensions`), tensors of more elements (`limit.symbols`). */
  maxPixels?: number | undefined;
  maxElements?: number | undefined;
  /** At most so many of the workers that `init` allowed. */
  threads?: number | undefined;
}

/** Typed arrays whose elements are samples. */
type Arrays =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | Global<"Float16Array">;

/**
 * Samples of a picture, elements of a tensor, in a buffer of their own. What they are is told by the `dtype` beside them: float16 is a
 * Float16Array where the engine has one, else a Uint16Array of its bits; int64 and uint64 hold bigints.
 */
export type Samples = Arrays extends infer Each ? (Each extends { slice(): unknown } ? Own<Each> : never) : never;

/** Samples that are passed in: they are copied. */
export type GivenSamples = Arrays;

/**
 * Interleaved samples, 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) a pixel, and what `decode` gives. A Uint8Array or Uint8ClampedArray
 * is an 8-bit picture, a Uint16Array a 16-bit one; others are refused (`param.type`).
 */
export interface PixelSource {
  data: GivenSamples | Uint8ClampedArray;
  width: number;
  height: number;
  /** By default what `data.length` says. */
  channels?: number | undefined;
  /** Of the samples; sRGB by default. */
  colorSpace?: string | undefined;
}

/** A file's header. */
export interface FileInfo {
  kind: "picture" | "tensor";
  /** Size in pixels, before the orientation is applied; 0 for a tensor. */
  width: number;
  height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; 0 for a tensor. */
  channels: number;
  /** Of a tensor. */
  shape?: number[];
  /** NumPy's word for the type of a sample, for example `uint8`. */
  dtype: string;
  /** Side of a tile in pixels, 0 for a tensor; and how many tiles there are. */
  tile: number;
  tiles: number;
  /** Streams of the file: the picture, and what refines it. */
  streams: number;
  /** Levels of the first stream, and their sizes in bytes from the coarsest (or topmost) to the finest. */
  levels: number;
  levelBytes: number[];
  /** What a level is. Layers are those of a learned codec; a file of rows is decoded whole and made smaller by averaging. */
  levelKind: "resolution" | "layer" | "rows";
  /** Bytes in front of the first level; bytes that the whole file has. */
  headerBytes: number;
  fileBytes: number;
  /** Whether all of them are there. */
  isComplete: boolean;
  isLossless: boolean;
  /** EXIF orientation, 1 to 8; 1: upright. */
  orientation: number;
  /** Sizes of the blocks in bytes; 0: none. */
  iccBytes: number;
  exifBytes: number;
  /** Of the format. */
  version: number;
  /** Names of the systems that made the file, in order. */
  steps: string[];
  /**
   * Whether a neural network, or a system of the writer's own, is among them. The networks of the learned codec (profile "vae") are
   * fetched when they are needed; others cannot be run here.
   */
  network: boolean;
}

/** A file's header with the metadata blocks, empty where the file has none. */
export interface Meta extends FileInfo {
  icc: Own<Uint8Array>;
  exif: Own<Uint8Array>;
}

export interface EngineInfo {
  variant: "base" | "simd" | "threads";
  /** Workers or pool threads that share a picture. */
  threads: number;
  /** Whether they share one memory. */
  sharedMemory: boolean;
  /** Whether decoding happens off the calling thread. */
  worker: boolean;
  /** In words: why so. */
  reason: string;
}

export interface MemoryStats {
  /** Sums over the instances, in bytes. */
  wasmBytes: number;
  arenaBytes: number;
  /**
   * `wasmBytes`: size of the linear memory, which grows and never shrinks. `arenaBytes`: what of it the codec's working memory
   * takes just now. Between calls that is what it keeps for the next one, 64 MiB a thread at most; the rest is free for any use.
   */
  instances: { module: string; wasmBytes: number; arenaBytes: number }[];
}

/** A file that a module has not all the systems for. @internal */
export interface Refused {
  bytes: Uint8Array;
  error: string;
}

/** What decodes files of the learned codec in a service worker: `learned` of vaerans/sw/vae gives one. */
export type LearnedDecoder = (bytes: Uint8Array, job: unknown[]) => Promise<object>;

/** What a decoder instance answers. @internal */
export interface Raw {
  info: FileInfo;
  shape: number[];
  /** Of `data`; that of the file unless RGBA was asked for. */
  dtype: string;
  data: Own<Uint8Array>;
  icc: Own<Uint8Array>;
  exif: Own<Uint8Array>;
}
