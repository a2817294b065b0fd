import { compileInlined } from "./inlined.js";
import type { Kind, Variant } from "./host.js";

export { workerFailure } from "./worker-failure.js";

export const decoderUrl = (variant: Variant): URL =>
  THREADS && variant === "threads" ? new URL("./wasm/decoder-threads.wasm", import.meta.url) : new URL("./wasm/decoder-base.wasm", import.meta.url);

export function decoderThreads(): Worker {
  if (THREADS) return new Worker(new URL("./worker-threads.js", import.meta.url), { type: "module" });
  throw new Error("this build has no threads");
}

const INLINE: Record<string, () => Promise<{ default: string }>> = {
  "decoder-base": () => import("./inline/decoder-base.js"),
  "decoder-simd": () => import("./inline/decoder-simd.js"),
  "encoder-base": () => import("./inline/encoder-base.js"),
  "encoder-simd": () => import("./inline/encoder-simd.js"),
};
if (THREADS) {
  INLINE["decoder-threads"] = () => import("./inline/decoder-threads.js");
  INLINE["encoder-threads"] = () => import("./inline/encoder-threads.js");
}

/** The wasm that is kept as base64 in a script. */
export const rescue = (name: string, variant: Variant, error: unknown, own: boolean): Promise<WebAssembly.Module> =>
  compileInlined(`${name}-${variant}`, own ? INLINE[`${name}-${variant}`]! : undefined, error, "init({ wasm: url })");

export const encoderKind: Kind = {
  name: "encoder",
  async url(variant) {
    if (variant === "simd") return new URL("./wasm/encoder-simd.wasm", import.meta.url);
    if (variant === "base") return new URL("./wasm/encoder-base.wasm", import.meta.url);
    if (THREADS) return new URL("./wasm/encoder-threads.wasm", import.meta.url);
    throw new Error("this build has no threads");
  },
  get: (url) => fetch(url),
  rescue: (...args) => rescue("encoder", ...args),
  async spawn(shared) {
    if (THREADS && shared) return new Worker(new URL("./encoder-worker-threads.js", import.meta.url), { type: "module" });
    return new Worker(new URL("./encoder-worker.js", import.meta.url), { type: "module" });
  },
  local: () => import("./local-encoder.js"),
};
