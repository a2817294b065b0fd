/**
 * One model of tests/zoo in Node, with SIMD and in strict mode: `node zoo.mjs FOLDER`. FOLDER holds the compiled network and cases.json.
 * Prints { far, ms, wasmBytes }: the greatest distance of an output, the fastest run of the first case, memory after that case.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { distance, readAll } from "./kit.mjs";

const { Engine } = await import(new URL("../../dist/nn-node.js", import.meta.url));
const folder = process.argv[2];
const cases = JSON.parse(readFileSync(`${folder}/cases.json`, "utf8"));
const engine = new Engine();
const model = await engine.loadModel(pathToFileURL(`${folder}/`));

let [far, ms, wasmBytes] = [0, Infinity, 0];
for (const [i, { inputs, outputs }] of cases.entries()) {
  const given = readAll(inputs);
  const made = await model.forward(given);
  for (const name of Object.keys(outputs)) far = Math.max(far, made[name] ? distance(made[name], outputs[name]) : Infinity);
  if (i) continue;
  ({ wasmBytes } = engine.getMemoryStats());
  for (let run = 0; run < 3; run++) {
    const start = performance.now();
    await model.forward(given);
    ms = Math.min(ms, performance.now() - start);
  }
}
// JSON has no word for infinity.
console.log(JSON.stringify({ far: Number.isFinite(far) ? far : Number.MAX_VALUE, ms, wasmBytes }));
