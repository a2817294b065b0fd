import type { WasmFiles } from "./host.js";

/** Reads file: URLs from the disk; Deno and Bun have the same module. @internal */
export const pipeKind: WasmFiles = {
  url: async (variant) => new URL(`./wasm/pipe-${variant}.wasm`, import.meta.url),
  async get(url) {
    const file = new URL(url);
    if (file.protocol !== "file:") return fetch(file);
    const { readFile } = await import("node:fs/promises");
    return new Response((await readFile(file)) as BodyInit);
  },
  rescue: (variant, error) =>
    Promise.reject(new Error(`cannot load pipe-${variant}.wasm: ${error}. Install the package anew, or pass World.create({ wasm: bytes })`)),
};
