import { beside, get } from "./file-url.js";
import type { Kind } from "./host.js";
import { compileInlined } from "./inlined.js";

/** A module by its name, with what starts it here, and the copy of it that is in the scripts. @internal */
export const kindOf = (name: Kind["name"], local: Kind["local"], inline?: () => Promise<{ default: string }>): Kind => ({
  name,
  url: async (variant) => beside(import.meta.url, `./wasm/${name}-${variant}.wasm`),
  get,
  // A bundler (Next, esbuild) moves the script away from its files; the copy in the scripts moves along.
  rescue: (variant, error, own) =>
    compileInlined(`${name}-${variant}`, own && variant === "simd" ? inline : undefined, error, `init({ wasm: { ${name}: bytes } })`),
  spawn: () => Promise.reject(new Error(noWorkers())),
  local,
});

/** @internal */
export const decoderKind = kindOf(
  "decoder",
  () => import("./local.js"),
  () => import("./inline/decoder-simd.js"),
);

const encoder = kindOf(
  "encoder",
  () => import("./local-encoder.js"),
  () => import("./inline/encoder-simd.js"),
);

/** @internal */
export const encoderKind = async (): Promise<Kind> => encoder;

/** @internal */
export const workerFailure = async (error: unknown): Promise<string> => `${error}`;

/** @internal */
export const noWorkers = (): string => "outside of a browser the calling thread does the work";
