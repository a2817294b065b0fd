import { compileInlined } from "./inlined.js";
import type { Variant } from "./host.js";

export { workerFailure } from "./worker-failure.js";

// rare.ts for vaerans/decode: no threads, no encoder, no copies in the scripts.

export const decoderUrl = (): URL => new URL("./wasm/decoder-base.wasm", import.meta.url);

export const rescue = (name: string, variant: Variant, error: unknown): Promise<WebAssembly.Module> =>
  compileInlined(`${name}-${variant}`, undefined, error, "init({ wasm: url })");
