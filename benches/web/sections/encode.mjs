/** Photo encode on one thread, each codec at the quality whose PSNR is nearest to ours. */
import { QUALITY, equalFiles } from "../lib/files.mjs";
import { inRounds } from "../lib/quiet.mjs";
import { PHOTOS } from "../lib/sources.mjs";
import { ratio } from "../lib/stats.mjs";
import { timesTable } from "../lib/table.mjs";

export const title = "Photo encode, one thread";
export const about =
  "A 768x512 photo (Kodak 5) from ImageData to a file, all in one worker of the page: avif at speed 6, jxl at effort 7, webp at method 4, jpeg with the package's " +
  "defaults (MozJPEG, progressive, trellis).";

const PEERS = ["jxl", "avif", "avif 4:2:0", "webp", "jpeg"];

export async function run({ stage, rounds }) {
  const page = await stage.open();
  const [source] = PHOTOS;
  const files = await equalFiles({ page, files: stage.files, source, names: PEERS });
  const qualities = { ...Object.fromEntries(PEERS.map((name) => [name, files[name].quality])), vaerans: QUALITY };
  const times = await inRounds(page.workerJob, "encode", { source, qualities }, rounds);
  await page.close();
  const against = (peer) => ratio(times[peer], times.vaerans).median;
  return {
    rows: [
      { what: "encode against avif, speed 6", got: against("avif"), unit: "x", least: 5, aim: 20 },
      { what: "encode against avif 4:2:0, speed 6", got: against("avif 4:2:0"), unit: "x", least: 5, aim: 20 },
    ],
    tables: [timesTable(times, "vaerans", files)],
    notes: [
      `Qualities: ${Object.entries(qualities)
        .map(([name, quality]) => `${name} ${quality}`)
        .join(", ")}.`,
    ],
    times,
  };
}
