/** In Node, Deno and Bun: `runtime.mjs RUN FOLDER` prints what compare.js gives for the package and the corpus in the folder. */
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { compare } from "./compare.js";

const [run, folder] = process.argv.slice(2);
const at = (path) => new URL(path, pathToFileURL(`${folder}/`));
const isPage = run === "threads" || run === "instances";
// The package has no workers outside of a page: threads of Node stand in for them.
if (isPage) (await import("../unit/page.mjs")).page({ isolated: run === "threads" });

const api = await import(at(`package/dist/${isPage ? "index" : "node"}.js`));
const pipe = isPage ? undefined : await import(at("package/dist/pipe-node.js"));
const corpus = JSON.parse(await readFile(at("corpus.json"), "utf8"));
const blob = new Uint8Array(await readFile(at("corpus.bin")));
const result = await compare({ api, pipe, corpus, blob, run, wasm: (name) => at(`package/dist/wasm/${name}.wasm`) });
console.log(JSON.stringify(result));
