import type { Engine } from "./engine.js";
import { loadChunk, parseError } from "./errors.js";
import { isOfCodec } from "./of-codec.js";
import type { Raw, Refused } from "./types.js";

// full.ts for vaerans/decode: no pipes, no encoder.

/** Decodes a file of a learned codec. @internal */
export async function decodeFully(refused: Refused, options: unknown[], signal: AbortSignal, engine: Engine): Promise<Raw> {
  const { bytes, error } = refused;
  if (isOfCodec(error)) return (await loadChunk(import("./vae.js"))).decodeVae(bytes, options, signal, engine);
  throw parseError(error);
}
