/** Where networks are measured: Node, and a page in Chromium. A home runs `turns` and `cold` of turns.js. */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "../../../web/test/browsers/drive.mjs";
import { serve } from "../../../web/test/browsers/server.mjs";
import { started } from "./tfjs.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = fileURLToPath(new URL("../../../web/dist", import.meta.url));
const peers = join(here, "node_modules/onnxruntime-web/dist");
const tfjs = join(here, "node_modules/@tensorflow");
/** What a page loads of each, and what Node does. */
const SCRIPTS = {
  page: { ours: "./dist/nn.js", peer: "./peer/ort.wasm.min.mjs" },
  node: { ours: join(dist, "nn-node.js"), peer: join(peers, "ort.node.min.mjs") },
};
const LIMIT = 1_800_000;

/** TensorFlow.js, in Node. */
function tensorflow() {
  const require = createRequire(import.meta.url);
  return started(require("@tensorflow/tfjs-core"), require("@tensorflow/tfjs-backend-wasm"), join(tfjs, "tfjs-backend-wasm/dist/"));
}

/** { name, turns(model, names, budget), cold(which, model), close() }; `folder` holds the models. */
export async function node(folder) {
  const [nn, ort, { inTurns }] = await Promise.all([import(SCRIPTS.node.ours), import(SCRIPTS.node.peer), import("./turns.js")]);
  ort.env.wasm.numThreads = 1;
  const told = async (model) => JSON.parse(await readFile(join(folder, model, "case.json"), "utf8"));
  return {
    name: `Node ${process.versions.node}`,
    turns: async (model, names, budget) => {
      const bytes = async (file) => new Uint8Array(await readFile(join(folder, model, file)));
      return inTurns({ nn, ort, tf: tensorflow, bytes }, await told(model), names, budget);
    },
    cold: async (which, model) => {
      const args = [join(here, "cold.mjs"), which, SCRIPTS.node[which], join(folder, model)];
      return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
    },
    close: async () => {},
  };
}

/** In a page: told, imported and fetched there. */
const IN_PAGE = {
  turns: async ({ model, names, budget, scripts }) => {
    const load = (path) => import(new URL(path, location.href).href);
    const get = async (file) => fetch(`models/${model}/${file}`);
    const [nn, ort, { inTurns }] = await Promise.all([load(scripts.ours), load(scripts.peer), load("./turns.js")]);
    ort.env.wasm.numThreads = 1;
    const bytes = async (file) => new Uint8Array(await (await get(file)).arrayBuffer());
    const tf = async () => {
      for (const part of ["core", "backend-wasm"]) await load(`./tensorflow/tfjs-${part}/dist/tf-${part}.es2017.min.js`);
      const { started } = await load("./tfjs.js");
      return started(globalThis.tf, globalThis.tf.wasm, "tensorflow/tfjs-backend-wasm/dist/");
    };
    return inTurns({ nn, ort, tf, bytes }, await (await get("case.json")).json(), names, budget);
  },
  cold: async ({ which, model, scripts }) => {
    const url = (path) => new URL(path, location.href).href;
    const told = await (await fetch(`models/${model}/case.json`)).json();
    const { cold } = await import(url("./turns.js"));
    return cold(which, url(scripts[which]), url(`models/${model}`), told);
  },
};

/** Each call has a page of its own: nothing of the last one is left. */
export async function chromium(folder) {
  const index = "<!doctype html><title>networks</title>";
  const server = await serve({
    "/": { files: { "index.html": index, "turns.js": await readFile(join(here, "turns.js")), "tfjs.js": await readFile(join(here, "tfjs.js")) } },
    "/models/": { folder },
    "/dist/": { folder: dist },
    "/peer/": { folder: peers },
    "/tensorflow/": { folder: tfjs },
  });
  const browser = await launch("chromium");
  const call = async (what, argument) => {
    const page = await browser.open(`${server.origin}/index.html`);
    try {
      return await page.evaluate(IN_PAGE[what], { ...argument, scripts: SCRIPTS.page }, { timeout: LIMIT });
    } finally {
      await page.close();
    }
  };
  return {
    name: `Chromium ${browser.version}`,
    turns: (model, names, budget) => call("turns", { model, names, budget }),
    cold: (which, model) => call("cold", { which, model }),
    close: () => browser.close().finally(() => server.close()),
  };
}
