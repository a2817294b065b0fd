import { beside, get } from "./file-url.js";
import type { Kind } from "./host.js";
import { compileInlined } from "./inlined.js";

/** @internal */
export const networkKind: Kind = {
  name: "engine",
  url: async (variant) => beside(import.meta.url, `./wasm/engine-${variant}.wasm`),
  get,
  rescue: (variant, error, own) =>
    compileInlined(`engine-${variant}`, own && variant === "simd" ? () => import("./inline/engine-simd.js") : undefined, error, "init({ wasm: bytes })"),
  spawn: () => Promise.reject(new Error(noWorkers())),
  local: () => import("./nn-local.js"),
};

/** @internal */
export const workerFailure = async (error: unknown): Promise<string> => `${error}`;

/** @internal */
export const noWorkers = (): string => "outside of a browser the calling thread does the work";

export { workingFolder as baseUrl } from "./file-url.js";
