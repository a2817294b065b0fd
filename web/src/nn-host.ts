import { loadChunk } from "./errors.js";
import type { Kind } from "./host.js";

// host.ts for vaerans/nn: what only some pages need is in a chunk of its own.
const rare = () => loadChunk(import("./nn-rare.js"));

/** @internal */
export const networkKind: Kind = {
  name: "engine",
  url: async (variant) => {
    if (variant === "simd") return new URL("./wasm/engine-simd.wasm", import.meta.url);
    if (variant === "relaxed") return new URL("./wasm/engine-relaxed.wasm", import.meta.url);
    return (await rare()).engineUrl(variant);
  },
  get: (url, init) => fetch(url, init),
  rescue: async (...args) => (await rare()).rescue(...args),
  spawn: async (shared) => (shared ? (await rare()).engineThreads() : new Worker(new URL("./nn-worker.js", import.meta.url), { type: "module" })),
  local: () => import("./nn-local.js"),
};

/** @internal */
export const workerFailure = async (error: unknown): Promise<string> => (await rare()).workerFailure(error);

/** Why there are no workers here; "" if there may be. @internal */
export function noWorkers(threads: number): string {
  if (typeof Worker === "undefined") return "no workers here";
  return threads < 2 && typeof document === "undefined" ? "off the main thread already" : "";
}

/** What a relative URL is relative to. @internal */
export const baseUrl = (): string | undefined => globalThis.document?.baseURI ?? globalThis.location?.href;
