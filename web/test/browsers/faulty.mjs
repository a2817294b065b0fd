/** Sites on which something of the built package is broken, and the page that tries it there. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { limited, trapping } from "../unit/hostile.mjs";
import { noise } from "./pictures.mjs";
import { CSP } from "./server.mjs";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const { encode } = await import(new URL("../../dist/node.js", import.meta.url));
const file = (name) => readFileSync(new URL(`../../dist/${name}`, import.meta.url));

const PAGE = `<!doctype html><meta charset=utf-8><title>faults</title><script type="module" src="main.js"></script>`;
// Counts workers that were not ended; attempt() gives what came of a call.
const MAIN = `
  const Plain = globalThis.Worker;
  globalThis.workers = new Set();
  globalThis.Worker = class extends Plain {
    constructor(...args) { super(...args); workers.add(this); }
    terminate() { workers.delete(this); super.terminate(); }
  };
  globalThis.unheard = [];
  addEventListener("unhandledrejection", ({ reason }) => unheard.push(String(reason)));
  addEventListener("error", ({ message }) => message && unheard.push(message));
  globalThis.attempt = (call) => Promise.resolve().then(call).then((v) => ["ok", v?.width ?? v?.length], (e) => [e?.code ?? e?.name, String(e?.message)]);
  globalThis.pixels = { data: new Uint8Array(48), width: 4, height: 4 };
  globalThis.bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
  globalThis.vaerans = await import("./vaerans/index.js");
  globalThis.pipes = () => import("./vaerans/pipe.js");
  globalThis.ready = true;`;

export const pictures = { "large.vrn": await encode(noise(700, 500)), "small.vrn": await encode(noise(40, 30)) };
const site = { "index.html": PAGE, "main.js": MAIN };

/** The worker's file, with a fault where it is given a file of these many bytes. */
const crashing = Buffer.concat([
  file("worker.js"),
  Buffer.from(`
    const answer = onmessage;
    onmessage = (event) => {
      if (event.data[1][0]?.length === ${pictures["small.vrn"].length}) throw new Error("crash in the middle");
      answer(event);
    };`),
]);

/** By name: the headers of the page, and what the server does for a path of the package. */
const SITES = {
  good: {},
  html: { fault: (path) => /\/wasm\//.test(path) && { html: true } },
  nothing: { fault: (path) => /\/(wasm|inline)\//.test(path) && { html: true } },
  gone: { fault: (path) => /\/(wasm|inline)\//.test(path) && { status: 404 } },
  cutwasm: { fault: (path) => path.endsWith(".wasm") && { cut: 5000 } },
  noworker: { fault: (path) => path.endsWith("worker.js") && { status: 404 } },
  htmlworker: { fault: (path) => path.endsWith("worker.js") && { html: true } },
  nochunks: { fault: (path) => /\/(encode|progressive|split|rare|local|full)[\w-]*\.js$/.test(path) && { status: 404 } },
  workercsp: { csp: `${CSP}; worker-src 'none'` },
  wasmcsp: { csp: "script-src 'self'" },
};

/** Mounts for the server: each site under its name, with a package of its own. */
export function mounts() {
  const all = { "/files/": { files: pictures } };
  for (const [name, { csp = CSP, fault }] of Object.entries(SITES)) {
    all[`/${name}/`] = { files: site, csp };
    all[`/${name}/vaerans/`] = { folder: dist, csp, fault };
  }
  all["/crash/"] = { files: site, csp: CSP };
  all["/crash/vaerans/"] = { folder: dist, csp: CSP };
  all["/crash/vaerans/work"] = { files: { "er.js": crashing }, csp: CSP }; // a mount is a prefix of the path
  all["/shared/"] = { files: site, csp: CSP, isolated: true };
  all["/shared/vaerans/"] = { folder: dist, csp: CSP, isolated: true };
  all["/cut/"] = { files: pictures, fault: () => ({ cut: pictures["large.vrn"].length >> 1 }) };
  all["/slow/"] = { files: pictures, fault: () => ({ trickle: { bytes: 1000, ms: 40 } }) };
  all["/broken/"] = {
    files: {
      "tight.wasm": limited(file("wasm/decoder-simd.wasm"), 40),
      "tight-encoder.wasm": limited(file("wasm/encoder-simd.wasm"), 20),
      "trap.wasm": trapping(file("wasm/decoder-simd.wasm"), "decode"),
      "trap-pipe.wasm": trapping(file("wasm/pipe-simd.wasm"), "world_new_entity"),
    },
  };
  return all;
}
