import { Engine } from "ENGINE";

/** Which variants of the engine this folder was made for. */
const VARIANTS = OPTIONS;
const engine = new Engine();

/**
 * The network of this folder.
 * @param {string | URL} [folder] Where plan.bin and weights.bin are; the folder of this script without it.
 * @param {object} [options] As for the engine's own `init` and `loadModel`: threads, simd, worker, mode, signal, onProgress, maxBytes.
 */
export async function loadModel(folder, options = {}) {
  const page = typeof document === "undefined" ? import.meta.url : document.baseURI;
  const url = folder === undefined ? new URL(".", import.meta.url) : new URL(folder, page);
  const threads = VARIANTS.threads && globalThis.crossOriginIsolated ? "auto" : 1;
  await engine.init({ threads, ...(VARIANTS.simd ? {} : { simd: false }), ...options });
  return engine.loadModel(url, options);
}
