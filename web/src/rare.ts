import { compileInlined } from "./inlined.js";
import { beside } from "./file-url.js";
import type { Kind, Variant } from "./host.js";

export const decoderUrl = (variant: Variant): URL =>
  THREADS && variant === "threads" ? new URL("./wasm/decoder-threads.wasm", import.meta.url) : new URL("./wasm/decoder-base.wasm", import.meta.url);

export function decoderThreads(): Worker {
  if (THREADS) return new Worker(new URL("./worker-threads.js", import.meta.url), { type: "module" });
  throw new Error("this build has no threads");
}

/** Why a worker did not start, from what the browser said of it, which in most is nothing. */
export function workerFailure(error: unknown): string {
  const { origin } = beside(import.meta.url, ".");
  const isForeign = globalThis.location && origin !== location.origin;
  return isForeign ? `browsers start no worker from another origin, and the package comes from ${origin}` : `${error}`;
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
