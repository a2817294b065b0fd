import { loadChunk, parseError } from "./errors.js";
import type { InitOptions, Raw, Refused } from "./types.js";

// full.ts for vaerans/decode: no pipes, no encoder.

/** Decodes a file of a learned codec. @internal */
export async function decodeFully(refused: Refused, options: unknown[], signal: AbortSignal, init: InitOptions): Promise<Raw> {
  const { error } = refused;
  if (/LayeredVAE|Predict/.test(error)) return (await loadChunk(import("./vae.js"))).decodeVae(refused, options, signal, init);
  throw parseError(error);
}
