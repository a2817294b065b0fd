import { beside, get } from "./file-url.js";
import type { WasmFiles } from "./host.js";
import { compileInlined } from "./inlined.js";

/** Where the module of learned models is. @internal */
export const learnedKind: WasmFiles = {
  url: async (variant) => beside(import.meta.url, `./wasm/learned-${variant}.wasm`),
  get,
  rescue: (variant, error) => compileInlined(`learned-${variant}`, undefined, error, "LearnedModel.load(source, { wasm: bytes })"),
};

export { workingFolder as baseUrl } from "./file-url.js";
