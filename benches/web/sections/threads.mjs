/** Two workers against one on a large picture, with and without shared memory. */
import { inRounds } from "../lib/quiet.mjs";
import { LARGE, SMALL } from "../lib/sources.mjs";
import { ratio } from "../lib/stats.mjs";
import { timesTable } from "../lib/table.mjs";

export const title = "Two workers against one";
export const about =
  "Two copies of the package in one page, `init({ threads: 1 })` and `init({ threads: 2 })`, taking turns. With COOP and COEP the two share one memory; without " +
  "each has its own, and only the decoding of lossless pictures is shared: photos are one pyramid.";

/** Of each way to code, and of pages with and without shared memory: what is measured. */
const SETTINGS = [
  { isolated: true, encoding: { quality: 75 }, directions: ["decode", "encode"], how: "with SharedArrayBuffer" },
  { isolated: false, encoding: { quality: 75 }, directions: ["decode", "encode"], how: "without SharedArrayBuffer" },
  { isolated: false, encoding: { lossless: true }, directions: ["decode"], how: "lossless, without SharedArrayBuffer" },
];

export async function run({ stage, rounds, quick }) {
  const rows = [];
  const tables = [];
  const kept = {};
  for (const { isolated, encoding, directions, how } of SETTINGS) {
    const page = await stage.open({ isolated });
    const what = { source: quick ? SMALL : LARGE, encoding };
    const { info, pixels } = await page.job("threadsInfo", { what });
    if (info.sharedMemory !== isolated || info.threads !== 2)
      throw new Error(`threads: expected 2 ${isolated ? "over" : "without"} shared memory, got ${JSON.stringify(info)}`);
    for (const direction of directions) {
      const times = await inRounds(page.job, "threads", { what, direction }, rounds);
      const { median } = ratio(times["1 worker"], times["2 workers"]);
      rows.push({ what: `2 workers against one, ${direction} of ${(pixels / 1e6).toFixed(1)} MP, ${how}`, got: median, unit: "x", least: 1.4, aim: 1.7 });
      tables.push({ caption: `${direction}, ${how}`, ...timesTable(times, "2 workers") });
      kept[`${direction}, ${how}`] = times;
    }
    await page.close();
  }
  return { rows, tables, times: kept };
}
