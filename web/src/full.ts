import make from "glue:pipe-simd";
import { parseError } from "./errors.js";
import { Instance } from "./instance.js";
import { loadModule, plainVariant } from "./loader.js";
import { localSlot } from "./local-slot.js";
import { decoderOps } from "./ops-decode.js";
import { pipeKind } from "./pipe-host.js";
import { abortable } from "./source.js";
import type { Raw, Refused } from "./types.js";

let module: Promise<WebAssembly.Module> | undefined;

/** Decodes, on the calling thread, the file of a pipe that the decoder has not the systems of. @internal */
export async function decodeFully({ bytes }: Refused, options: unknown[], signal: AbortSignal): Promise<Raw> {
  module ??= loadModule(pipeKind, plainVariant());
  module.catch(() => (module = undefined));
  const compiled = await abortable(module, signal);
  const slot = localSlot(new Instance(make, decoderOps));
  await slot.call("boot", [{ module: compiled }]);
  const raw = (await slot.call("decode", [bytes, ...options])) as Raw | Refused;
  if ("error" in raw) throw parseError(raw.error);
  return raw;
}
