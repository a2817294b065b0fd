import type { Glue } from "./glue.js";
import type { Own } from "./platform.js";

/** The learned codec that a file needs; `name` is missing where it needs none. @internal */
export interface NeededCodec {
  /** First bytes of the SHA-256 of its head, in hexadecimal digits. */
  name?: string;
  /** What people call it. */
  label: string;
  /** Layers that the file has, and of these the ones whose bytes are all there. */
  layers: number;
  there: number;
}

/** The exports of crates/vaerans-wasm with the feature `vae`; `Codec` with `vaeencoder`. @internal */
export interface VaeGlue extends Glue {
  give(...files: (Uint8Array | number)[]): void;
  needed(data: Uint8Array, ...limits: (number | undefined)[]): NeededCodec;
  Codec: new (...files: (Uint8Array | number)[]) => { encode(...args: unknown[]): Own<Uint8Array> };
}
