/** Our engine and its peers on one network in turns; the same in Node and in a page. */
import { network } from "./tfjs.js";

const ARRAYS = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array };
/** Most that outputs may differ, over the greatest value. */
const BOUND = 1e-4;
/** What takes turns beside the peer: settings of our engine, and of loading. */
export const OURS = {
  fast: [{}, { mode: "fast" }],
  strict: [{}, { mode: "strict" }],
  base: [{ simd: false }, { mode: "strict" }],
};

const elements = ({ dtype, data }) => new ARRAYS[dtype](Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer);

/** A run of ours: { run, end }. `worker`: false runs on the calling thread, as the peer does. */
export async function ours({ nn, bytes }, { inputs, outputs }, [options, loading], worker = false) {
  const engine = new nn.Engine();
  await engine.init({ worker, ...options });
  const model = await engine.loadModel({ plan: await bytes("plan.bin"), weights: await bytes("weights.bin") }, loading);
  const given = Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, { data: elements(one), shape: one.shape }]));
  agree(await model.forward(given), outputs);
  return { run: () => model.forward(given), end: () => engine.dispose() };
}

/** The same of the peer. */
export async function peer({ ort, bytes }, { inputs, outputs }) {
  const session = await ort.InferenceSession.create(await bytes("model.onnx"), { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
  const given = Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, new ort.Tensor(one.dtype, elements(one), one.shape)]));
  agree(await session.run(given), outputs);
  return { run: () => session.run(given), end: () => session.release() };
}

/** The same of TensorFlow.js. Its arrays have channels last at both ends: nothing is turned in a call. */
export async function tfjs({ tf, bytes }) {
  const told = JSON.parse(new TextDecoder().decode(await bytes("tfjs.json")));
  const { run, end } = network(await tf(), told, (await bytes("tfjs.bin")).buffer);
  const given = Object.fromEntries(Object.entries(told.inputs).map(([name, one]) => [name, { data: elements(one), shape: one.shape }]));
  agree(run(given), told.outputs);
  return { run: () => run(given), end };
}

function agree(have, want) {
  for (const [name, one] of Object.entries(want)) {
    const wanted = elements(one);
    let [most, error] = [0, 0];
    wanted.forEach((value, i) => {
      most = Math.max(most, Math.abs(Number(value)));
      error = Math.max(error, Math.abs(Number(value) - Number(have[name].data[i])));
    });
    if (!(error <= BOUND * most)) throw new Error(`output ${name} differs by ${error} of ${most}`);
  }
}

async function timed(run, calls) {
  const start = performance.now();
  for (let i = 0; i < calls; i++) await run();
  return (performance.now() - start) / calls;
}

/** Milliseconds of a call, the least of all rounds, of the peers and of each name in `names`. `budget`: about so many ms in all. */
export async function inTurns(home, told, names, budget) {
  const works = { peer: await peer(home, told), ...(told.tfjs && { tfjs: await tfjs(home, told) }) };
  for (const name of names) works[name] = await ours(home, told, OURS[name]);
  const once = {};
  // Until the engine has compiled it for speed.
  for (const [name, { run }] of Object.entries(works)) {
    const start = performance.now();
    for (let i = 0; i < 3 || (i < 200 && performance.now() - start < budget / 12); i++) once[name] = Math.min(once[name] ?? Infinity, Math.max(0.02, await timed(run, 1)));
  }
  // Clocks of pages are coarse.
  const calls = Math.max(1, Math.floor(20 / Math.max(...Object.values(once))));
  const round = calls * Object.values(once).reduce((a, b) => a + b);
  const rounds = Math.min(200, Math.max(3, Math.floor(budget / round)));
  const best = Object.fromEntries(Object.keys(works).map((name) => [name, Infinity]));
  for (let i = 0; i < rounds; i++) for (const [name, { run }] of Object.entries(works)) best[name] = Math.min(best[name], await timed(run, calls));
  for (const { end } of Object.values(works)) await end();
  return best;
}

/** Milliseconds from before the script of `which`, "ours" or "peer", is imported to the first answer on the model in `folder`. */
export async function cold(which, script, folder, told) {
  const arrays = Object.entries(told.inputs).map(([name, one]) => [name, elements(one), one.shape]);
  const begin = performance.now();
  const module = await import(script);
  if (which === "ours") {
    const model = await module.loadModel(folder, { mode: "fast" });
    await model.forward(Object.fromEntries(arrays.map(([name, data, shape]) => [name, { data, shape }])));
  } else {
    module.env.wasm.numThreads = 1;
    const session = await module.InferenceSession.create(`${folder}/model.onnx`, { executionProviders: ["wasm"] });
    await session.run(Object.fromEntries(arrays.map(([name, data, shape]) => [name, new module.Tensor("float32", data, shape)])));
  }
  return performance.now() - begin;
}
