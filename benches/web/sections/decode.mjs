/** Photo decode on one thread, each codec's file at equal PSNR. */
import { equalFiles } from "../lib/files.mjs";
import { inRounds } from "../lib/quiet.mjs";
import { LARGE, PHOTOS, SMALL } from "../lib/sources.mjs";
import { ratio, sums } from "../lib/stats.mjs";
import { timesTable } from "../lib/table.mjs";

export const title = "Photo decode, one thread";
export const about =
  "To RGBA for a canvas, except where it says samples. In one worker: every codec is called in the same Web Worker of the page, so that no message is part of " +
  "any time. In the page: as the packages are used, ours with its own worker, the peers on the main thread. avif is 4:4:4, as ours and jxl; avif 4:2:0 is " +
  "the default of its package.";

const PEERS = ["jxl", "avif", "avif 4:2:0", "webp", "jpeg"];

/** Sums over pictures of what was measured for each. */
function whole(parts) {
  const names = Object.keys(parts[0]);
  return Object.fromEntries(names.map((name) => [name, sums(parts.map((part) => part[name]))]));
}

function meanFiles(parts) {
  const mean = (name, key) => parts.reduce((sum, files) => sum + files[name][key], 0) / parts.length;
  return Object.fromEntries(Object.keys(parts[0]).map((name) => [name, { psnr: mean(name, "psnr"), bytes: Math.round(mean(name, "bytes")) }]));
}

const withSamples = (files) => ({ ...files, "vaerans, samples": files.vaerans });
const paths = (files) => Object.fromEntries(Object.entries(files).map(([name, { path }]) => [name, path]));

async function measure(run, filesOf, rounds) {
  const parts = [];
  for (const files of filesOf) parts.push(await inRounds(run, "decode", { files: paths(files) }, rounds));
  return whole(parts);
}

const against = (times, peer) => ratio(times[peer], times.vaerans).median;

function rowsOf(what, times) {
  return [
    { what: `decode against jxl, ${what}`, got: against(times, "jxl"), unit: "x", least: 2 },
    { what: `decode against avif, ${what}`, got: against(times, "avif"), unit: "x", least: 1, aim: 2 },
    ...(times["avif 4:2:0"] ? [{ what: `decode against avif 4:2:0, ${what}`, got: against(times, "avif 4:2:0"), unit: "x", aim: 1 }] : []),
  ];
}

export async function run({ stage, rounds, quick }) {
  const page = await stage.open();
  const common = { page, files: stage.files, names: PEERS };
  const small = [];
  for (const source of PHOTOS.slice(0, quick ? 1 : 3)) small.push(withSamples(await equalFiles({ ...common, source })));
  // Searching a large picture takes avif minutes: once will do.
  const names = PEERS.filter((name) => name !== "avif 4:2:0");
  const large = [withSamples(await equalFiles({ ...common, names, source: quick ? SMALL : LARGE, near: small[0] }))];
  const fresh = await stage.open();
  const count = `${small.length} photo${small.length > 1 ? "s" : ""}`;
  const measured = {
    [`${count} of 768x512, in one worker`]: [await measure(fresh.workerJob, small, rounds), small],
    [`${count} of 768x512, in the page`]: [await measure(fresh.job, small, rounds), small],
    [`${quick ? "1.6" : "9.4"} MP, in one worker`]: [await measure(fresh.workerJob, large, rounds), large],
  };
  await fresh.close();
  const entries = Object.entries(measured);
  return {
    rows: entries.flatMap(([what, [times]]) => rowsOf(what, times)),
    tables: entries.map(([what, [times, files]]) => ({ caption: what, ...timesTable(times, "vaerans", meanFiles(files)) })),
    times: Object.fromEntries(entries.map(([what, [times]]) => [what, times])),
  };
}
