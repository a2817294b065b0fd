/** `vaerans/pipe`: every pipe of the corpus, and the files of pipes opened and undone. */
import { camel, sha256 } from "./report.js";

const ARRAYS = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array };
const ISA = { base: "scalar", simd: "simd128" };

/** One world for all: what earlier cases left in it must not show. */
export async function comparePipes(api, report, { inputs, cases, files }, read, { variant, wasm }) {
  const world = await api.World.create({ wasm, arenaBytes: 32 << 20 });
  if (world.isa !== ISA[variant]) report.note("engine", "vaerans/pipe", ISA[variant], world.isa);
  for (const { name, inputs: names, steps, out, expected } of cases) {
    await report.check("pipes", name, textOf(expected), async () => {
      const eid = world.newEntity();
      for (const input of names) {
        const { key, at, dtype, shape } = inputs[input];
        world.put(eid, key, new ARRAYS[dtype](read(at).buffer), shape);
      }
      return run(api, world, eid, steps, out);
    });
    world.reset();
  }
  for (const { name, at, back } of files) {
    if (!back) continue;
    await report.check("pipes", `${name}, the file opened`, textOf(back.expected), async () => run(api, world, world.spawnBitstream(read(at)), back.steps));
    world.reset();
  }
  world.dispose();
}

const textOf = ({ key, dtype, shape, sha256 }) => `${key} ${dtype} ${shape} ${sha256}`;

async function run(api, world, eid, steps, out) {
  const pipe = world.pipe(eid);
  for (const [system, params, ...key] of steps) pipe.to(new api[system](camel(params)), ...key);
  const handle = pipe.out(out ?? undefined);
  const bytes = handle.bytes();
  return [textOf({ key: handle.key, dtype: handle.dtype, shape: handle.shape, sha256: await sha256(bytes) }), bytes];
}
