import type { Glue } from "./glue.js";
import type { Own } from "./platform.js";

/** What a plan says of itself. @internal */
export interface Described {
  inputs: Port[];
  outputs: string[];
  /** The file of weights: its length, and its SHA-256 in hexadecimal digits. */
  weightBytes: number;
  weights: string;
}

/** An input of a model. */
export interface Port {
  name: string;
  /** NumPy's word for the type of its elements: float32, int64, int32, int8, uint8, bool. */
  dtype: string;
  /** Extents: a number, or the name of one that the caller chooses. */
  shape: (number | string)[];
}

/** What goes into a run: name, type, shape if it was given, elements as bytes. @internal */
export type Given = [name: string, dtype: string, shape: number[] | undefined, elements: number, bytes: Uint8Array];

/** What the caller has memory for. @internal */
export type Wanted = [name: string, dtype: string, elements: number];

/** What comes out of a run. @internal */
export interface Made {
  name: string;
  dtype: string;
  shape: number[];
  data: Own<Uint8Array>;
}

/** An answer with what the instance holds then: bytes of stack, parameters, activations, inputs and outputs. @internal */
export interface Reply {
  made: Made[];
  memory: number[];
}

/** crates/vaerans-wasm/src/network.rs. @internal */
export interface Network {
  describe(): Described;
  load(weights: Uint8Array, fast: boolean, threads: number, maxBytes: number): void;
  begin(): void;
  input(...given: Given): void;
  want(...wanted: Wanted): void;
  run(): Made[];
  memory(): number[];
  free(): void;
}

/** The exports of crates/vaerans-wasm with the feature `engine`. @internal */
export interface NetworkGlue extends Glue {
  Network: new (plan: Uint8Array) => Network;
}
