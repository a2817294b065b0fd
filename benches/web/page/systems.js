/** Every system of the pipes' module on simd128 and on baseline wasm, timed by the worlds' own traces. */
import { picture } from "./pictures.js";

const VARIANTS = ["base", "simd"];

const rgb = ({ data, width, height }) => ({ data: data.filter((_, i) => i % 4 < 3), width, height });

/** Numbers that look like a latent: smooth, with noise of one part in eight. */
function latent(shape) {
  let seed = 1;
  const noise = () => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5;
  return Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i / 37) * Math.cos(i / 4001) + noise() / 4);
}

/** Pipes that together hold every kernel once or more; `world` gets what a pipe starts from. */
function chains(p, image) {
  const shape = [4, 128, 192];
  const floats = latent(shape);
  const ofImage = (world) => world.spawnImage(image);
  const ofLatent = (world) => {
    const eid = world.newEntity();
    world.put(eid, "Latent4", floats, shape);
    return eid;
  };
  const there = (start, ...systems) => ({ start, steps: systems.map((system) => [system]) });
  return [
    there(ofImage, new p.YCoCgR(), new p.WaveletCDF53(), new p.ANSEncode(), new p.ANSDecode(), new p.WaveletCDF53Inverse(), new p.YCoCgRInverse()),
    there(
      ofImage,
      new p.YCoCgR({ float: true }),
      new p.WaveletCDF97(),
      new p.DeadZone({ step: 8 }),
      new p.ANSEncode({ setting: "precise" }),
      new p.ANSDecode(),
      new p.DeadZoneInverse(),
      new p.WaveletCDF97Inverse(),
      new p.YCoCgRInverse(),
    ),
    there(
      ofLatent,
      new p.Hadamard4(),
      new p.WaveletHaar(),
      new p.QuantizeU8({ perBand: true }),
      new p.ANSEncode(),
      new p.ANSDecode(),
      new p.Dequantize(),
      new p.WaveletHaarInverse(),
      new p.Hadamard4Inverse(),
    ),
    {
      start: ofImage,
      steps: [
        [new p.GaussianBlur({ sigma: 1.5 }), "ReconRGB"],
        [new p.Residual()],
        [new p.AddResidual()],
        [new p.MetricPSNR()],
        [new p.MetricSSIM()],
        [new p.MetricMSSSIM({ scales: 4 })],
      ],
    },
  ];
}

/** Runs a pipe once; gives [name of a step, milliseconds] of each. */
function once(world, { start, steps }) {
  world.clearTrace();
  const eid = start(world);
  const pipe = world.pipe(eid);
  for (const step of steps) pipe.to(...step);
  pipe.run();
  const rows = world.trace().map(({ system, params, inputDtype, nanos }) => [label(system, params, inputDtype), nanos / 1e6]);
  world.despawn(eid);
  return rows;
}

const label = (system, params, dtype) => `${system}${/setting="precise"/.test(params) ? " precise" : ""} ${dtype}`;

let ready;

async function start(source) {
  const p = await import("./one/pipe.js");
  const worlds = {};
  for (const name of VARIANTS) worlds[name] = await p.World.create({ wasm: new URL(`./one/wasm/pipe-${name}.wasm`, import.meta.url), arenaBytes: 96 << 20 });
  const isa = VARIANTS.map((name) => worlds[name].isa).join();
  if (isa !== "scalar,simd128") throw new Error(`systems: expected modules without and with SIMD, got ${isa}`);
  return { worlds, all: chains(p, rgb(await picture(source))) };
}

/** The steps of pipe number `chain`: { step: { base: [ms of every round], simd: [...] } }; the modules take turns. undefined: no such pipe. */
export async function systems({ source, chain, rounds, warm = 0 }) {
  const { worlds, all } = await (ready ??= start(source));
  if (!all[chain]) return undefined;
  for (let i = 0; i < warm; i++) for (const name of VARIANTS) once(worlds[name], all[chain]);
  const found = {};
  for (let round = 0; round < rounds; round++) {
    for (const name of VARIANTS) for (const [step, ms] of once(worlds[name], all[chain])) ((found[step] ??= {})[name] ??= []).push(ms);
  }
  return found;
}
