/** simd128 against baseline wasm, kernel by kernel. */
import { PHOTOS } from "../lib/sources.mjs";
import { geometricMean, ratio, summary } from "../lib/stats.mjs";
import { number } from "../lib/table.mjs";

export const title = "simd128 against baseline, kernels";
export const about =
  "Every system of the pipes' module on a 768x512 photo (transforms, quantisers, metrics) or a latent of 4x128x192 floats, the two modules taking turns in one " +
  "worker of a cross-origin isolated page (where the clock has 5 us); times are those of the worlds' traces, without copies in or out.";

export async function run({ stage, quick }) {
  const page = await stage.open({ isolated: true });
  const { times } = await page.workerJob("kernels", { source: PHOTOS[0], rounds: quick ? 9 : 45 });
  await page.close();
  const ratios = Object.entries(times).map(([name, { base, simd }]) => [name.slice(2), ratio(base, simd), summary(base), summary(simd)]);
  const mean = (key) => geometricMean(ratios.map(([, found]) => found[key]));
  return {
    rows: [{ what: `simd128 over baseline, geometric mean of ${ratios.length} kernels`, got: mean("median"), unit: "x", least: 2.5, aim: 3.5 }],
    tables: [
      {
        head: ["system, type of its input", "baseline ms", "simd128 ms", "ratio", "quartiles", "of minima"],
        rows: ratios.map(([name, { median, q1, q3, ofMinima }, base, simd]) => [
          name, number(base.median), number(simd.median), number(median), `${number(q1)}-${number(q3)}`, number(ofMinima),
        ]),
      },
    ],
    notes: [`Of the smallest times: ${number(mean("ofMinima"))}.`],
    times,
  };
}
