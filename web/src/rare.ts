import type { Kind, Variant } from "./host.js";

export const decoderUrl = (variant: Variant): URL =>
  variant === "base" ? new URL("./wasm/decoder-base.wasm", import.meta.url) : new URL("./wasm/decoder-threads.wasm", import.meta.url);

export const decoderThreads = (): Worker => new Worker(new URL("./worker-threads.js", import.meta.url), { type: "module" });

const INLINE: Record<string, () => Promise<{ default: string }>> = {
  "decoder-base": () => import("./inline/decoder-base.js"),
  "decoder-simd": () => import("./inline/decoder-simd.js"),
  "decoder-threads": () => import("./inline/decoder-threads.js"),
  "encoder-base": () => import("./inline/encoder-base.js"),
  "encoder-simd": () => import("./inline/encoder-simd.js"),
  "encoder-threads": () => import("./inline/encoder-threads.js"),
};

/** The wasm bytes that are kept as base64 in a script. */
export async function inlined(name: string, variant: Variant): Promise<Uint8Array> {
  const text = atob((await INLINE[`${name}-${variant}`]!()).default);
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

export const encoder: Kind = {
  name: "encoder",
  async url(variant) {
    if (variant === "simd") return new URL("./wasm/encoder-simd.wasm", import.meta.url);
    if (variant === "base") return new URL("./wasm/encoder-base.wasm", import.meta.url);
    return new URL("./wasm/encoder-threads.wasm", import.meta.url);
  },
  get: (url) => fetch(url),
  inline: (variant) => inlined("encoder", variant),
  async spawn(shared) {
    if (shared) return new Worker(new URL("./encoder-worker-threads.js", import.meta.url), { type: "module" });
    return new Worker(new URL("./encoder-worker.js", import.meta.url), { type: "module" });
  },
  local: () => import("./local-encoder.js"),
};
