import make from "glue:pipe-simd";
import type { Tools } from "./api.js";
import type { Glue } from "./glue.js";
import type { Kind } from "./host.js";
import { ops } from "./ops-decode.js";
import { host } from "./pipe-host.js";
import type { Raw, Refused } from "./types.js";

let module: Promise<WebAssembly.Module> | undefined;

/** Decodes, on the calling thread, the file of a pipe that the decoder has not the systems of. @internal */
export async function decodeFully({ coded, load, plainVariant }: Tools, { bytes }: Refused, options: unknown[]): Promise<Raw> {
  module ??= load(host as Kind, plainVariant());
  const compiled = await module.catch((error) => {
    module = undefined;
    throw error;
  });
  const glue: Glue = make();
  glue.initSync({ module: compiled });
  try {
    const raw = ops.decode!(glue, bytes, ...options) as Raw | Refused;
    if ("error" in raw) throw raw.error;
    return raw;
  } catch (error) {
    throw typeof error === "string" ? coded(error) : error;
  }
}
