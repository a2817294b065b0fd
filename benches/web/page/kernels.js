/** Kernels alone, from benches/web/kernels built twice: baseline wasm and simd128. */
const VARIANTS = ["base", "simd"];
/** What one sample takes at least; the clock of an isolated page has 5 us. */
const SAMPLE_MS = 1;

let ready;

async function start() {
  const load = async (name) => (await WebAssembly.instantiateStreaming(fetch(new URL(`./kernels/${name}.wasm`, import.meta.url)))).instance.exports;
  const modules = {};
  for (const name of VARIANTS) modules[name] = await load(name);
  const isa = VARIANTS.map((name) => modules[name].isa()).join();
  if (isa !== "1,6") throw new Error(`kernels: expected modules without and with SIMD, got instruction sets ${isa}`);
  return modules;
}

const nameOf = ({ memory, name, name_length }, i) => new TextDecoder().decode(new Uint8Array(memory.buffer, name(i), name_length(i)));

/** Warms a kernel up; gives how many runs fill a sample. */
function calibrate({ run }, i) {
  const begin = performance.now();
  let runs = 0;
  for (; performance.now() - begin < 100; runs += 4) run(i, 4);
  return Math.max(1, Math.ceil((runs / 100) * SAMPLE_MS));
}

/** Kernel number `i`: { name, times: { base: [us of every round], simd: [...] } }; the modules take turns. undefined: no such kernel. */
export async function kernels({ i, rounds }) {
  const modules = await (ready ??= start());
  if (i >= modules.base.count()) return undefined;
  const runs = Object.fromEntries(VARIANTS.map((name) => [name, calibrate(modules[name], i)]));
  const times = { base: [], simd: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of VARIANTS) {
      const begin = performance.now();
      modules[name].run(i, runs[name]);
      times[name].push(((performance.now() - begin) * 1000) / runs[name]);
    }
  }
  return { name: nameOf(modules.base, i), times };
}
