/** The learned codec, and ONNX Runtime Web on the network of its decoder. */
import { inTurns } from "./rounds.js";

const at = (path) => new URL(path, import.meta.url).href;
const fetched = async (path) => new Uint8Array(await (await fetch(at(path))).arrayBuffer());
let works;

async function ours(path) {
  const { decode, init } = await import(at("one/index.js"));
  await init({ model: at("vae/") });
  const file = await fetched(path);
  return async () => (await decode(file.slice())).data;
}

/** A latent of one sample for 16x16 pixels. */
async function peer({ width, height }) {
  const ort = await import(at("ort/ort.wasm.min.mjs"));
  ort.env.wasm.numThreads = 1;
  const options = { executionProviders: ["wasm"], graphOptimizationLevel: "all" };
  const session = await ort.InferenceSession.create(await fetched("onnx/decoder.onnx"), options);
  const shape = [1, 106, height / 16, width / 16];
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * 0.7) * (i % 106 < 20 ? 1 : 0.1));
  const latent = new ort.Tensor("float32", values, shape);
  const run = async () => (await session.run({ y: latent })).rgb;
  const { dims } = await run();
  if (dims[2] !== height || dims[3] !== width) throw new Error(`the network gives ${dims}`);
  return run;
}

export async function learned({ path, ...options }) {
  works ??= { vaerans: await ours(path), "onnxruntime-web, its network": await peer({ width: 768, height: 512 }) };
  return inTurns(works, options);
}
