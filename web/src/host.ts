import type { Instance } from "./instance.js";

export type Variant = "base" | "simd" | "threads";

/** One wasm module and where its files are. @internal */
export interface Kind {
  name: "decoder" | "encoder";
  url(variant: Variant): Promise<URL>;
  get(url: URL | string): Promise<Response>;
  /** The copy that is part of the scripts. */
  inline(variant: Variant): Promise<Uint8Array>;
  /** A worker without or with shared memory. Throws where there can be none. */
  spawn(shared: boolean): Promise<Worker>;
  local(): Promise<{ open(): Instance }>;
}

// What only some pages need is in chunks of its own. Bundlers emit a file for each `new URL("literal", import.meta.url)`.
const rare = () => import("./rare.js");

/** @internal */
export const decoder: Kind = {
  name: "decoder",
  url: async (variant) =>
    variant === "simd" ? new URL("./wasm/decoder-simd.wasm", import.meta.url) : (await rare()).decoderUrl(variant),
  get: (url) => fetch(url),
  inline: async (variant) => (await rare()).inlined("decoder", variant),
  spawn: async (shared) =>
    shared ? (await rare()).decoderThreads() : new Worker(new URL("./worker.js", import.meta.url), { type: "module" }),
  local: () => import("./local.js"),
};

/** @internal */
export const encoder = async (): Promise<Kind> => (await rare()).encoder;

/** Why there are no workers here; "" if there may be. @internal */
export const noWorkers = (): string =>
  typeof Worker === "undefined" ? "there are no workers here" : typeof document === "undefined" ? "the caller is off the main thread already" : "";
