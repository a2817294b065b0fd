/** In a browser: `await parity(run)` gives what compare.js gives. */
import * as api from "vaerans";
import { compare } from "./compare.js";

globalThis.parity = async (run) => {
  const pipe = run === "base" || run === "simd" ? await import("vaerans/pipe") : undefined;
  const corpus = await (await fetch("/corpus/corpus.json")).json();
  const blob = new Uint8Array(await (await fetch("/corpus/corpus.bin")).arrayBuffer());
  const wasm = (name) => new URL(`/corpus/package/dist/wasm/${name}.wasm`, location);
  return compare({ api, pipe, corpus, blob, run, wasm });
};
