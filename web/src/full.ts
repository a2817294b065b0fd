import make from "glue:pipe-simd";
import type { Tools } from "./api.js";
import type { Kind } from "./host.js";
import { Instance } from "./instance.js";
import { localSlot } from "./local-slot.js";
import { ops } from "./ops-decode.js";
import { host } from "./pipe-host.js";
import type { Raw, Refused } from "./types.js";

let module: Promise<WebAssembly.Module> | undefined;

/** Decodes, on the calling thread, the file of a pipe that the decoder has not the systems of. @internal */
export async function decodeFully(tools: Tools, { bytes }: Refused, options: unknown[], signal: AbortSignal): Promise<Raw> {
  module ??= tools.load(host as Kind, tools.plainVariant());
  module.catch(() => (module = undefined));
  const compiled = await tools.abortable(module, signal);
  const slot = localSlot(new Instance(make, ops), tools.take);
  await slot.call("boot", [{ module: compiled }]);
  const raw = (await slot.call("decode", [bytes, ...options])) as Raw | Refused;
  if ("error" in raw) throw tools.coded(raw.error);
  return raw;
}
