// Server-side rendering imports the package where no page is: nothing of the browser may be touched by that, in no entry.
const touched = [];
for (const name of [
  "window",
  "document",
  "self",
  "Worker",
  "SharedWorker",
  "navigator",
  "location",
  "fetch",
  "localStorage",
  "customElements",
  "HTMLElement",
  "ImageData",
  "OffscreenCanvas",
  "caches",
]) {
  Object.defineProperty(globalThis, name, { configurable: true, get: () => void touched.push(name) });
}
const both = async (name, file) => [await import(name), await import(new URL(`./node_modules/vaerans/dist/${file}`, import.meta.url))];
const entries = await both("vaerans", "index.js");
const pipes = await both("vaerans/pipe", "pipe.js");
const [element] = await both("vaerans/img", "img.js");
const [service] = await both("vaerans/sw", "sw.js");
const areFunctions = (...all) => all.every((one) => typeof one === "function");
const areWhole =
  entries.every(({ decode, encode }) => areFunctions(decode, encode)) &&
  pipes.every(({ World, Hadamard4 }) => areFunctions(World, Hadamard4)) &&
  areFunctions(element.define, service.install, service.decode);
console.log(JSON.stringify({ touched, areWhole }));
