import type { Kind } from "./host.js";

/** Reads file: URLs from the disk; Deno and Bun have the same module. */
async function get(url: URL | string): Promise<Response> {
  const file = new URL(url);
  if (file.protocol !== "file:") return fetch(file);
  const { readFile } = await import("node:fs/promises");
  return new Response((await readFile(file)) as BodyInit);
}

const kind = (name: Kind["name"], local: Kind["local"]): Kind => ({
  name,
  url: async (variant) => new URL(`./wasm/${name}-${variant}.wasm`, import.meta.url),
  get,
  rescue: (variant, error) => Promise.reject(`cannot load ${name}-${variant}.wasm: ${error}. Install the package anew, or pass init({ wasm: bytes })`),
  spawn: () => Promise.reject(),
  local,
});

/** @internal */
export const decoder = kind("decoder", () => import("./local.js"));

const encoderKind = kind("encoder", () => import("./local-encoder.js"));

/** @internal */
export const encoder = async (): Promise<Kind> => encoderKind;

/** @internal */
export const noWorkers = (): string => "outside of a browser the calling thread does the work";
