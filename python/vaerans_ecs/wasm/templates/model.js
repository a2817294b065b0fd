import { Engine } from "ENGINE";

/** Which variants of the engine this folder holds. */
const VARIANTS = OPTIONS;
const engine = new Engine();

/**
 * The network of this folder.
 * @param {string | URL | object} [source] Another place of its files, seen from the page, or whatever else `loadModel` of vaerans/nn takes.
 * @param {object} [options] As for `init` and `loadModel` of vaerans/nn: threads, simd, worker, mode, signal, onProgress, maxBytes.
 */
export async function loadModel(source = new URL(".", import.meta.url), options = {}) {
  const { threads = globalThis.crossOriginIsolated ? "auto" : 1, simd } = options;
  await engine.init({ ...options, threads: VARIANTS.threads ? threads : 1, simd: VARIANTS.simd && simd });
  return engine.loadModel(source, options);
}
