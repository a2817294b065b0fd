/** The decoder module against our own native build held to SSE4.2, whose vectors are as wide as simd128's. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { QUALITY } from "../lib/files.mjs";
import { inTurns, native } from "../lib/native.mjs";
import { LARGE, PHOTOS, SMALL } from "../lib/sources.mjs";
import { ratio } from "../lib/stats.mjs";
import { results, unpacked } from "../lib/stage.mjs";
import { timesTable } from "../lib/table.mjs";

export const title = "Photo decode against our own native build";
export const about =
  "Native is Python's `decompress(data, threads=1)` with `VAERANS_ISA=sse42`; wasm (simd128) decodes to the same RGB samples in a worker of the page and in " +
  "Node. The three processes take turns. Processor time does not count what others do on the machine.";

/** Writes the files of the pictures; gives { paths, served }. */
async function filesOf(stage, page, sources, label) {
  const folder = join(results, "files");
  mkdirSync(folder, { recursive: true });
  const found = { paths: [], served: [] };
  for (const [i, source] of sources.entries()) {
    const { file } = await page.workerJob("makeFile", { source, name: "vaerans", quality: QUALITY });
    const name = `${label}${i}.vrn`;
    stage.files[name] = Buffer.from(file, "base64");
    writeFileSync(join(folder, name), stage.files[name]);
    found.paths.push(join(folder, name));
    found.served.push(`files/${name}`);
  }
  return found;
}

async function inNode(files) {
  const { decode } = await import(pathToFileURL(join(unpacked, "dist/node.js")));
  return async () => {
    const start = performance.now();
    for (const file of files) await decode(file);
    return performance.now() - start;
  };
}

/** Passes whose processor time is taken together: the system counts it in steps of some milliseconds. One will do for a large picture. */
const passesOf = (sources) => (sources.length > 1 ? 8 : 1);

/** Mean processor time of some passes, all threads together. */
function cpuInNode(pass, passes) {
  return async () => {
    const start = process.cpuUsage();
    for (let i = 0; i < passes; i++) await pass();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / passes;
  };
}

async function compare(stage, page, label, sources, { rounds, ours }) {
  const { paths, served } = await filesOf(stage, page, sources, label);
  const node = await inNode(served.map((path) => stage.files[path.slice("files/".length)]));
  const works = {
    "native SSE4.2": () => ours.ask({ op: "decode", paths }),
    "wasm, Chromium": () => page.workerJob("decodeAll", { paths: served }),
    "wasm, Node": node,
  };
  const times = await inTurns(works, { rounds, warm: sources.length > 1 ? 30 : 4 });
  const passes = passesOf(sources);
  const cpuWorks = { "native SSE4.2": () => ours.ask({ op: "decode", paths, passes }), "wasm, Node": cpuInNode(node, passes) };
  return { times, cpu: await inTurns(cpuWorks, { rounds, warm: 1 }) };
}

export async function run({ stage, rounds, quick }) {
  const page = await stage.open();
  const ours = await native("sse42");
  const parts = {
    "photos of 768x512": await compare(stage, page, "photo", PHOTOS, { rounds, ours }),
    [`${quick ? "1.6" : "9.4"} MP`]: await compare(stage, page, "large", [quick ? SMALL : LARGE], { rounds, ours }),
  };
  ours.end();
  await page.close();
  const share = (times, name) => 100 * ratio(times["native SSE4.2"], times[name]).median;
  const row = (where, what, times, name) => ({
    what: `decode ${where}, share of native SSE4.2, ${what}`,
    got: share(times, name),
    unit: "%",
    least: 50,
    aim: 65,
  });
  return {
    rows: Object.entries(parts).flatMap(([what, { times, cpu }]) => [
      row("in Chromium", what, times, "wasm, Chromium"),
      row("in Node", what, times, "wasm, Node"),
      row("in Node (processor time)", what, cpu, "wasm, Node"),
    ]),
    tables: Object.entries(parts).flatMap(([what, { times, cpu }]) => [
      { caption: what, ...timesTable(times, "native SSE4.2") },
      { caption: `${what}, processor time`, ...timesTable(cpu, "native SSE4.2") },
    ]),
    times: parts,
  };
}
