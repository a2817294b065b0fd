import { compileInlined } from "./inlined.js";
import type { Variant, WasmFiles } from "./host.js";

/** Where the module of pipes is. @internal */
export const pipeKind: WasmFiles = {
  url: async (variant) => (variant === "simd" ? new URL("./wasm/pipe-simd.wasm", import.meta.url) : new URL("./wasm/pipe-base.wasm", import.meta.url)),
  get: (url) => fetch(url),
  async rescue(variant: Variant, error: unknown, own: boolean): Promise<WebAssembly.Module> {
    const inline = () => (variant === "simd" ? import("./inline/pipe-simd.js") : import("./inline/pipe-base.js"));
    return compileInlined(`pipe-${variant}`, own ? inline : undefined, error, "World.create({ wasm: url })");
  },
};
