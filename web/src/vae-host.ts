import type { Kind } from "./host.js";
import { compileInlined } from "./inlined.js";

/** The module that decodes files of a learned codec. @internal */
export const vaeKind: Kind = {
  name: "vae",
  url: async (variant) => (variant === "simd" ? new URL("./wasm/vae-simd.wasm", import.meta.url) : new URL("./wasm/vae-base.wasm", import.meta.url)),
  get: (url, init) => fetch(url, init),
  rescue: (variant, error) => compileInlined(`vae-${variant}`, undefined, error, "init({ wasm: { vae: url } })"),
  spawn: async () => new Worker(new URL("./vae-worker.js", import.meta.url), { type: "module" }),
  local: () => import("./local-vae.js"),
};

/** What a relative URL is relative to, and where a codec's files lie if nothing else is said: beside the scripts. @internal */
export const baseUrl = (): string | undefined => globalThis.document?.baseURI ?? globalThis.location?.href;
export const ownFolder = (): URL => Reflect.construct(URL, ["./vae/", import.meta.url]) as URL;
