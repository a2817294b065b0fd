/** simd128 against baseline wasm, kernel by kernel, and the systems that are made of them. */
import { PHOTOS } from "../lib/sources.mjs";
import { quiet } from "../lib/quiet.mjs";
import { geometricMean, ratio, summary } from "../lib/stats.mjs";
import { number } from "../lib/table.mjs";

export const title = "simd128 against baseline, kernels";
export const about =
  "Kernels alone (benches/web/kernels, the product's crate built without and with SIMD) on 65,536 pixels or samples, which stay in the cache. Then every system of " +
  "the pipes' module on a 768x512 photo or a latent of 4x128x192 floats, by the worlds' own traces: these fetch from memory, build tables and fill results. The two " +
  "modules take turns in one worker of a cross-origin isolated page, where the clock has 5 us.";

const ROUNDS = 9;
const VARIANTS = ["base", "simd"];

const append = (times, more) => VARIANTS.forEach((name) => times[name].push(...more[name]));

/** [name, { base: [us], simd: [us] }] of every kernel. */
async function allKernels(page, parts) {
  const found = [];
  for (let i = 0; ; i++) {
    await quiet();
    const first = await page.workerJob("kernels", { i, rounds: ROUNDS });
    if (!first) return found;
    for (let part = 1; part < parts; part++) append(first.times, (await page.workerJob("kernels", { i, rounds: ROUNDS })).times);
    found.push([first.name, first.times]);
  }
}

/** [step, { base: [ms], simd: [ms] }] of every step of every pipe; `parts` times nine rounds. */
async function allSystems(page, parts) {
  const found = [];
  for (let chain = 0; ; chain++) {
    const order = { source: PHOTOS[0], chain };
    const times = await page.workerJob("systems", { ...order, rounds: ROUNDS, warm: 30 });
    if (!times) return found;
    for (let part = 1; part < parts; part++) {
      await quiet();
      for (const [step, more] of Object.entries(await page.workerJob("systems", { ...order, rounds: ROUNDS }))) append(times[step], more);
    }
    found.push(...Object.entries(times));
  }
}

function table(what, unit, times) {
  const rows = times.map(([name, { base, simd }]) => {
    const { median, q1, q3, ofMinima } = ratio(base, simd);
    return [name, number(summary(base).median), number(summary(simd).median), number(median), `${number(q1)}-${number(q3)}`, number(ofMinima)];
  });
  return { head: [what, `baseline ${unit}`, `simd128 ${unit}`, "ratio", "quartiles", "of minima"], rows };
}

const mean = (times, key) => geometricMean(times.map(([, { base, simd }]) => ratio(base, simd)[key]));

export async function run({ stage, quick }) {
  const page = await stage.open({ isolated: true });
  const kernels = await allKernels(page, quick ? 1 : 5);
  const systems = await allSystems(page, quick ? 1 : 5);
  await page.close();
  return {
    rows: [
      { what: `simd128 over baseline, geometric mean of ${kernels.length} kernels`, got: mean(kernels, "median"), unit: "x", least: 2.5, aim: 3.5 },
      { what: `simd128 over baseline, geometric mean of ${systems.length} steps of pipes`, got: mean(systems, "median"), unit: "x" },
    ],
    tables: [table("kernel", "us", kernels), table("system, type of its input", "ms", systems)],
    notes: [`Geometric means of the ratios of the smallest times: ${number(mean(kernels, "ofMinima"))} and ${number(mean(systems, "ofMinima"))}.`],
    times: { kernels, systems },
  };
}
