import make from "glue:pipe-simd";
import type { Engine } from "./engine.js";
import { loadChunk, parseError } from "./errors.js";
import { Instance } from "./instance.js";
import { loadModule, plainVariant } from "./loader.js";
import { localSlot } from "./local-slot.js";
import { decoderOps } from "./ops-decode.js";
import { isOfCodec } from "./of-codec.js";
import { pipeKind } from "./pipe-host.js";
import { abortable } from "./source.js";
import type { Raw, Refused } from "./types.js";

let module: Promise<WebAssembly.Module> | undefined;

/** A job of the module of pipes, on the calling thread. */
async function call(op: string, args: unknown[], signal: AbortSignal): Promise<unknown> {
  module ??= loadModule(pipeKind, plainVariant());
  module.catch(() => (module = undefined));
  const compiled = await abortable(module, signal);
  const slot = localSlot(new Instance(make, decoderOps));
  await slot.call("boot", [{ module: compiled }]);
  return slot.call(op, args);
}

/** Decodes the file of a pipe that the decoder has not the systems of. @internal */
export async function decodeFully(refused: Refused, options: unknown[], signal: AbortSignal, engine: Engine): Promise<Raw> {
  const { bytes, error } = refused;
  if (VAE && isOfCodec(error)) return (await loadChunk(import("./vae.js"))).decodeVae(bytes, options, signal, engine);
  const raw = (await call("decode", [bytes, ...options], signal)) as Raw | Refused;
  if ("error" in raw) throw parseError(raw.error);
  return raw;
}
