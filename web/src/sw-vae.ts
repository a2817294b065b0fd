import type { Variant, WasmFiles } from "./host.js";
import { compileInlined } from "./inlined.js";
import { loadModule, plainVariant } from "./loader.js";
import { startLocal } from "./local-vae.js";
import type { Slot } from "./slot.js";
import type { InitOptions, LearnedDecoder } from "./types.js";
import { Decoding } from "./vae-decoding.js";

const files: WasmFiles = {
  url: async (variant: Variant) => (variant === "simd" ? new URL("./wasm/vae-simd.wasm", import.meta.url) : new URL("./wasm/vae-base.wasm", import.meta.url)),
  get: (url) => fetch(url),
  rescue: (variant, error) => compileInlined(`vae-${variant}`, undefined, error),
};

let running: Promise<Slot> | undefined;

async function start(): Promise<Slot> {
  const slot = startLocal();
  await slot.call("boot", [{ module: await loadModule(files, plainVariant()) }]);
  return slot;
}

/** The instance, which is made when it is first asked for, and anew when it has failed. */
async function ready(): Promise<Slot> {
  running ??= start().catch((error) => {
    running = undefined;
    throw error;
  });
  const slot = await running;
  if (!slot.dead) return slot;
  running = undefined;
  return ready();
}

/**
 * Lets a service worker decode files of the learned codec (profile "vae"): its module is loaded, and the codec's files are fetched and
 * kept in Cache Storage, for the first of them.
 *
 * @param options `model`: where the codec's files are, as of `init`; by default the folder `vae` beside the package's scripts
 * @example
 * import { install } from "vaerans/sw";
 * import { learned } from "vaerans/sw/vae";
 * install({ learned: learned({ model: "/models/vae/" }) });
 */
export function learned(options: Pick<InitOptions, "model"> = {}): LearnedDecoder {
  const work = new Decoding(async (op, args) => (await ready()).call(op, args), options);
  return (bytes, job) => work.decode(bytes, job, new AbortController().signal);
}
