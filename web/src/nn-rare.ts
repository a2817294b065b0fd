import { compileInlined } from "./inlined.js";
import type { Variant } from "./host.js";

export { workerFailure } from "./worker-failure.js";

export function engineUrl(variant: Variant): URL {
  if (variant === "extra") return new URL("./wasm/engine-extra.wasm", import.meta.url);
  if (THREADS && variant === "threads") return new URL("./wasm/engine-threads.wasm", import.meta.url);
  return new URL("./wasm/engine-base.wasm", import.meta.url);
}

export function engineThreads(): Worker {
  if (THREADS) return new Worker(new URL("./nn-worker-threads.js", import.meta.url), { type: "module" });
  throw new Error("this build has no threads");
}

/** The wasm that is kept as base64 in a script: of the variants that every engine has, in the package. */
export function rescue(variant: Variant, error: unknown, own: boolean): Promise<WebAssembly.Module> {
  const inline =
    COPIES && own && variant !== "threads" ? () => (variant === "base" ? import("./inline/engine-base.js") : import("./inline/engine-simd.js")) : undefined;
  return compileInlined(`engine-${variant}`, inline, error, "init({ wasm: url })");
}
