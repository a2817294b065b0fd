// Server-side rendering imports the package where no page is: nothing of the browser may be touched by that, in neither entry.
const touched = [];
for (const name of ["window", "document", "self", "Worker", "SharedWorker", "navigator", "location", "fetch", "localStorage", "customElements", "HTMLElement", "ImageData", "OffscreenCanvas", "caches"]) {
  Object.defineProperty(globalThis, name, { configurable: true, get: () => void touched.push(name) });
}
const entries = [await import("vaerans"), await import(new URL("./node_modules/vaerans/dist/index.js", import.meta.url))];
console.log(JSON.stringify({ touched, areWhole: entries.every(({ decode, encode }) => typeof decode === "function" && typeof encode === "function") }));
