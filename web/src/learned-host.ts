import type { WasmFiles } from "./host.js";
import { compileInlined } from "./inlined.js";

/** Where the module of learned models is. @internal */
export const learnedKind: WasmFiles = {
  url: async (variant) => (variant === "simd" ? new URL("./wasm/learned-simd.wasm", import.meta.url) : new URL("./wasm/learned-base.wasm", import.meta.url)),
  get: (url) => fetch(url),
  rescue: (variant, error) => compileInlined(`learned-${variant}`, undefined, error, "LearnedModel.load(source, { wasm: url })"),
};

/** What a relative URL is relative to. @internal */
export const baseUrl = (): string | undefined => globalThis.document?.baseURI ?? globalThis.location?.href;
