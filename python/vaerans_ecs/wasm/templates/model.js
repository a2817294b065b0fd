import { loadModel as load } from "ENGINE";

/**
 * The network of this folder.
 * @param {string | URL} [folder] Where plan.bin and weights.bin are; the folder of this script without it.
 * @param {object} [options] As for the engine's own loadModel.
 */
export function loadModel(folder, options = {}) {
  const page = typeof document === "undefined" ? import.meta.url : document.baseURI;
  const url = folder === undefined ? new URL(".", import.meta.url) : new URL(folder, page);
  return load(url, { ...OPTIONS, ...options });
}
