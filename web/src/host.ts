import { loadChunk } from "./errors.js";
import type { Slot } from "./slot.js";

export type Variant = "base" | "simd" | "threads" | "relaxed" | "extra";

/** Where the files of a wasm module are. @internal */
export interface WasmFiles {
  url(variant: Variant): Promise<URL>;
  get(url: URL | string, init?: { signal: AbortSignal }): Promise<Response>;
  /** After `error`: the copy that is part of the scripts. Throws an Error that says how to mend it. */
  rescue(variant: Variant, error: unknown, own: boolean): Promise<WebAssembly.Module>;
}

/** A wasm module with what runs it. @internal */
export interface Kind extends WasmFiles {
  name: "decoder" | "encoder" | "engine" | "vae" | "vaeencoder";
  /** A worker without or with shared memory. Throws where there can be none. */
  spawn(shared: boolean): Promise<Worker>;
  local(): Promise<{ startLocal(): Slot }>;
}

// What only some pages need is in chunks of its own. Bundlers emit a file for each `new URL("literal", import.meta.url)`.
const rare = () => loadChunk(import("./rare.js"));

/** @internal */
export const decoderKind: Kind = {
  name: "decoder",
  url: async (variant) => (variant === "simd" ? new URL("./wasm/decoder-simd.wasm", import.meta.url) : (await rare()).decoderUrl(variant)),
  get: (url) => fetch(url),
  rescue: async (...args) => (await rare()).rescue("decoder", ...args),
  spawn: async (shared) => (shared ? (await rare()).decoderThreads() : new Worker(new URL("./worker.js", import.meta.url), { type: "module" })),
  local: () => import("./local.js"),
};

/** @internal */
export const workerFailure = async (error: unknown): Promise<string> => (await rare()).workerFailure(error);

/** @internal */
export const encoderKind = async (): Promise<Kind> => (await rare()).encoderKind;

/** Why there are no workers here; "" if there may be. @internal */
export function noWorkers(threads: number): string {
  if (typeof Worker === "undefined") return "no workers here";
  return threads < 2 && typeof document === "undefined" ? "off the main thread already" : "";
}
