import { beside, get } from "./file-url.js";
import type { Kind } from "./host.js";
import { compileInlined } from "./inlined.js";

/** @internal */
export const vaeEncoderKind: Kind = {
  name: "vaeencoder",
  url: async (variant) => beside(import.meta.url, `./wasm/vaeencoder-${variant}.wasm`),
  get,
  rescue: (variant, error) => compileInlined(`vaeencoder-${variant}`, undefined, error),
  spawn: () => Promise.reject(new Error("no workers here")),
  local: () => import("./local-vae-encoder.js"),
};
