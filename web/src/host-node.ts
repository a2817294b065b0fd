import { get } from "./file-url.js";
import type { Kind } from "./host.js";

const kindOf = (name: Kind["name"], local: Kind["local"]): Kind => ({
  name,
  url: async (variant) => new URL(`./wasm/${name}-${variant}.wasm`, import.meta.url),
  get,
  rescue: (variant, error) =>
    Promise.reject(new Error(`cannot load ${name}-${variant}.wasm: ${error}. Install the package anew, or pass init({ wasm: bytes })`)),
  spawn: () => Promise.reject(new Error(noWorkers())),
  local,
});

/** @internal */
export const decoderKind = kindOf("decoder", () => import("./local.js"));

const encoder = kindOf("encoder", () => import("./local-encoder.js"));

/** @internal */
export const encoderKind = async (): Promise<Kind> => encoder;

/** @internal */
export const noWorkers = (): string => "outside of a browser the calling thread does the work";
