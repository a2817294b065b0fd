import { get } from "./file-url.js";
import type { WasmFiles } from "./host.js";

/** Where the module of pipes is. @internal */
export const pipeKind: WasmFiles = {
  url: async (variant) => new URL(`./wasm/pipe-${variant}.wasm`, import.meta.url),
  get,
  rescue: (variant, error) =>
    Promise.reject(new Error(`cannot load pipe-${variant}.wasm: ${error}. Install the package anew, or pass World.create({ wasm: bytes })`)),
};
