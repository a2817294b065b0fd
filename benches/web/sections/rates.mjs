/** Photo decode on one thread at three rates, with and without SIMD. */
import { inRounds } from "../lib/quiet.mjs";
import { PHOTOS } from "../lib/sources.mjs";
import { median, summary, sums } from "../lib/stats.mjs";
import { number } from "../lib/table.mjs";

export const title = "Photo decode at three rates";
export const about =
  "Three photos of 768x512 to RGB samples, in one worker of the page: the module with SIMD, and the one for browsers that have none. Files are made for " +
  "the rate (`targetBytes`). Megapixels a second of all three, by the median of the rounds and by the quickest.";

/** Bits a pixel; megapixels a second that SIMD must reach, and the aim. */
const RATES = [
  { rate: 0.35, least: 20, aim: 35 },
  { rate: 1.1, least: 16, aim: 30 },
  { rate: 2.5, least: 12, aim: 24 },
];
const NAMES = { simd: "vaerans, samples", base: "vaerans, no SIMD" };

async function measure(stage, page, rate, rounds) {
  const parts = [];
  let pixels = 0;
  for (const [i, source] of PHOTOS.entries()) {
    const made = await page.workerJob("rateFile", { source, rate });
    const name = `rate${rate}-${i}`;
    stage.files[name] = Buffer.from(made.file, "base64");
    pixels += made.pixels;
    const files = Object.fromEntries(Object.values(NAMES).map((codec) => [codec, `files/${name}`]));
    parts.push(await inRounds(page.workerJob, "decode", { files }, rounds));
  }
  const times = Object.fromEntries(Object.values(NAMES).map((codec) => [codec, sums(parts.map((part) => part[codec]))]));
  return { pixels, times };
}

export async function run({ stage, rounds }) {
  const page = await stage.open();
  const found = [];
  for (const { rate } of RATES) found.push(await measure(stage, page, rate, rounds));
  await page.close();
  const speed = (i, name, ms = median) => found[i].pixels / ms(found[i].times[NAMES[name]]) / 1000;
  const quickest = (times) => summary(times).min;
  return {
    rows: RATES.flatMap(({ rate, least, aim }, i) => [
      { what: `decode at ${rate} bits a pixel, SIMD`, got: speed(i, "simd"), unit: "MP/s", least, aim },
      { what: `decode at ${rate} bits a pixel, no SIMD`, got: speed(i, "base"), unit: "MP/s", least: 5, aim: 15 },
    ]),
    tables: [
      {
        head: ["bits a pixel", "SIMD", "quickest round", "no SIMD", "quickest round"],
        rows: RATES.map(({ rate }, i) => [rate, ...["simd", "base"].flatMap((name) => [number(speed(i, name)), number(speed(i, name, quickest))])]),
      },
    ],
    times: found,
  };
}
