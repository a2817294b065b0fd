import { beside, get } from "./file-url.js";
import type { Kind } from "./host.js";
import { compileInlined } from "./inlined.js";

/** @internal */
export const vaeKind: Kind = {
  name: "vae",
  url: async (variant) => beside(import.meta.url, `./wasm/vae-${variant}.wasm`),
  get,
  rescue: (variant, error) => compileInlined(`vae-${variant}`, undefined, error),
  spawn: () => Promise.reject(new Error("no workers here")),
  local: () => import("./local-vae.js"),
};

export { workingFolder as baseUrl } from "./file-url.js";

/** @internal */
export const ownFolder = (): URL => beside(import.meta.url, "./vae/");
