import type { Port } from "./nn-glue.js";
import type { Global, Own } from "./platform.js";
import type { EngineInfo as Info, GivenSamples, WasmSource } from "./types.js";

export type { Port };

export interface EngineOptions {
  /** Threads that one run may use, 1 to 1024; 1 by default. "auto": as many as there are cores, 8 at most. They need shared memory. */
  threads?: number | "auto" | undefined;
  /** false: the module without SIMD, as engines have it that know none. */
  simd?: boolean | undefined;
  /** false: run on the calling thread. */
  worker?: boolean | undefined;
  /** In place of the package's own engine-simd.wasm. */
  wasm?: WasmSource | undefined;
}

export interface LoadOptions {
  /**
   * "strict" (default): the same bits on every machine. "fast": anything within 1e-4 of the greatest output, as fast as the engine can.
   */
  mode?: "strict" | "fast" | undefined;
  /** Ends the loading: it rejects with `signal.reason`. */
  signal?: Global<"AbortSignal"> | undefined;
  /** Called as weights arrive. `total`: 0 while it is not known. */
  onProgress?: ((progress: { loaded: number; total: number }) => void) | undefined;
  /** Refuse models whose weights or activations take more bytes (`limit.memory`); 2^31 - 1 by default, and at most. */
  maxBytes?: number | undefined;
}

/** Elements of a tensor, in a buffer of their own. */
export type Elements = Own<Float32Array> | Own<Int32Array> | Own<Int8Array> | Own<Uint8Array> | Own<BigInt64Array>;

/** Numbers, or arrays of them in one another. */
export type Nested = number | readonly Nested[];

/**
 * What goes into a model: elements with their shape; elements alone, where the plan leaves one extent open at most; or nested arrays. Truth
 * values (`bool`) are bytes. They are copied.
 */
export type Input = GivenSamples | Uint8ClampedArray | { data: GivenSamples | Uint8ClampedArray; shape: readonly number[] } | Nested;

/** Inputs by name; what is no such object is the only input of a model that has one. */
export type Inputs = Record<string, Input>;

export interface ForwardOptions {
  /** Ends the wait, with `signal.reason`; in a worker also the run, after which the model is loaded anew when it is next used. */
  signal?: Global<"AbortSignal"> | undefined;
  /** Where outputs are to be written, by name: arrays of the right type and length. */
  outputs?: Record<string, GivenSamples> | undefined;
}

/** What came out of a model. */
export interface Tensor<Data = GivenSamples> {
  name: string;
  /** NumPy's word for the type. */
  dtype: string;
  shape: number[];
  /** float32, int32, int8: arrays of that type; int64: a BigInt64Array; uint8 and bool: a Uint8Array. */
  data: Data;
  /** Plain arrays in one another; a number for a scalar. */
  toJSON(): Nested;
}

/** Outputs by name. */
export type Outputs = Record<string, Tensor>;

/** Bytes of the models that are loaded. */
export interface EngineMemory {
  /** Stacks of the wasm instances. */
  stack: number;
  /** Weights, as they lie in memory. */
  parameters: number;
  /** What steps make, and the memory that they need for themselves: one block, which later steps use again. */
  activations: number;
  /** The instances' own copies of inputs and outputs. */
  scratch: number;
  /** Memory that threads share; the other figures of their models lie in it. */
  shared: number;
  /** All memory of the instances. */
  wasmBytes: number;
}

/** How a model runs. */
export interface EngineInfo extends Omit<Info, "variant"> {
  variant: Info["variant"] | "relaxed";
}
