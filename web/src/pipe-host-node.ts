import { beside, get } from "./file-url.js";
import type { WasmFiles } from "./host.js";
import { compileInlined } from "./inlined.js";

/** Where the module of pipes is. @internal */
export const pipeKind: WasmFiles = {
  url: async (variant) => beside(import.meta.url, `./wasm/pipe-${variant}.wasm`),
  get,
  rescue: (variant, error, own) =>
    compileInlined(`pipe-${variant}`, own && variant === "simd" ? () => import("./inline/pipe-simd.js") : undefined, error, "World.create({ wasm: bytes })"),
};
