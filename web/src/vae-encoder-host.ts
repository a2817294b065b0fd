import type { Kind } from "./host.js";
import { compileInlined } from "./inlined.js";

/** The module that makes files of a learned codec. @internal */
export const vaeEncoderKind: Kind = {
  name: "vaeencoder",
  url: async (variant) =>
    variant === "simd" ? new URL("./wasm/vaeencoder-simd.wasm", import.meta.url) : new URL("./wasm/vaeencoder-base.wasm", import.meta.url),
  get: (url, init) => fetch(url, init),
  rescue: (variant, error) => compileInlined(`vaeencoder-${variant}`, undefined, error, "init({ wasm: { vaeencoder: url } })"),
  spawn: async () => new Worker(new URL("./vae-encoder-worker.js", import.meta.url), { type: "module" }),
  local: () => import("./local-vae-encoder.js"),
};
