import { part } from "./errors.js";
import type { Slot, take } from "./slot.js";

export type Variant = "base" | "simd" | "threads";

/** One wasm module and where its files are. @internal */
export interface Kind {
  name: "decoder" | "encoder";
  url(variant: Variant): Promise<URL>;
  get(url: URL | string): Promise<Response>;
  /** After `error`: the copy that is part of the scripts. Throws words on how to mend it. */
  rescue(variant: Variant, error: unknown, own: boolean): Promise<WebAssembly.Module>;
  /** A worker without or with shared memory. Throws where there can be none. */
  spawn(shared: boolean): Promise<Worker>;
  local(): Promise<{ open(note: typeof take): Slot }>;
}

// What only some pages need is in chunks of its own. Bundlers emit a file for each `new URL("literal", import.meta.url)`.
const rare = () => part(import("./rare.js"));

/** @internal */
export const decoder: Kind = {
  name: "decoder",
  url: async (variant) => (variant === "simd" ? new URL("./wasm/decoder-simd.wasm", import.meta.url) : (await rare()).decoderUrl(variant)),
  get: (url) => fetch(url),
  rescue: async (...args) => (await rare()).rescue("decoder", ...args),
  spawn: async (shared) => (shared ? (await rare()).decoderThreads() : new Worker(new URL("./worker.js", import.meta.url), { type: "module" })),
  local: () => import("./local.js"),
};

/** @internal */
export const encoder = async (): Promise<Kind> => (await rare()).encoder;

/** Why there are no workers here; "" if there may be. @internal */
export function noWorkers(threads: number): string {
  if (typeof Worker === "undefined") return "no workers here";
  return threads < 2 && typeof document === "undefined" ? "off the main thread already" : "";
}
