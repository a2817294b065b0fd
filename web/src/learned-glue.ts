import type { Own } from "./platform.js";
import type { Raw } from "./types.js";

/** What a model says of itself. @internal */
export interface Described {
  sha256: string;
  channels: number;
  downscale: number;
  encodes: boolean;
}

/** A learned model that a file needs. */
export interface Needed {
  /** SHA-256 of the plan of its decoder, in hexadecimal digits: the model of this name gives the pixels that the writer saw. */
  sha256: string;
  /** SHA-256 of what the decoder was compiled from; empty where the file does not say it. */
  source: string;
  /** What people call it. */
  name: string;
}

/** crates/vaerans-wasm/src/learned.rs. @internal */
export interface CoreModel {
  describe(): Described;
  decode(data: Uint8Array, ...options: unknown[]): Raw;
  encode(...args: unknown[]): Own<Uint8Array>;
  free(): void;
}

/** The exports of crates/vaerans-wasm with the feature `learned`. @internal */
export interface LearnedGlue {
  initSync(options: { module: WebAssembly.Module }): { memory: WebAssembly.Memory };
  refused(): boolean;
  models(data: Uint8Array, ...limits: (number | undefined)[]): Needed[];
  LearnedModel: new (decoderPlan: Uint8Array, decoderWeights: Uint8Array, encoderPlan: Uint8Array, encoderWeights: Uint8Array, maxBytes: number) => CoreModel;
}
