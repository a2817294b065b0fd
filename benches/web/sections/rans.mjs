/** rANS decode: MB of symbols a second, wasm against native. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inTurns, native, python } from "../lib/native.mjs";
import { median, ratio } from "../lib/stats.mjs";
import { photos, results, unpacked } from "../lib/stage.mjs";
import { number } from "../lib/table.mjs";
import { ansDecoder } from "../page/ans.js";

export const title = "rANS decode";
export const about =
  "W8 of tools/make_streams.py: the quantised luma coefficients of the 24 Kodak photos, 9,437,184 symbols of 8 bits with 2.07 bits of entropy, coded at once " +
  "(setting fast). Times of the system ANSDecode by the worlds' own traces, one thread; the processes take turns.";

const tools = fileURLToPath(new URL("../../../tools/", import.meta.url));

const pipes = () => import(pathToFileURL(join(unpacked, "dist/pipe-node.js")));

/** The symbols, made once, as a .vrn file. */
async function coded() {
  const folder = join(results, "streams");
  const [stream, file] = [join(folder, "W8.bin"), join(folder, "W8.vrn")];
  mkdirSync(folder, { recursive: true });
  if (!existsSync(stream)) execFileSync(python, [join(tools, "make_streams.py"), folder, "--kodak", join(photos(), "kodak")], { stdio: "ignore" });
  const { ANSEncode, World } = await pipes();
  const symbols = new Uint8Array(readFileSync(stream));
  const world = await World.create({ arenaBytes: 128 << 20 });
  const eid = world.newEntity();
  world.put(eid, "SymbolsU8", symbols, [symbols.length]);
  writeFileSync(file, world.pipe(eid).to(new ANSEncode()).out("Bitstream").bytes());
  return file;
}

export async function run({ stage, rounds }) {
  const path = await coded();
  const symbols = 9437184;
  stage.files["W8.vrn"] = readFileSync(path);
  const page = await stage.open({ isolated: true });
  const [sse42, best] = [await native("sse42"), await native()];
  const works = {
    "native SSE4.2": () => sse42.ask({ op: "rans", path }),
    [`native, best (${best.isa})`]: () => best.ask({ op: "rans", path }),
    "wasm, Chromium": () => page.workerJob("rans", { path: "files/W8.vrn" }),
    "wasm, Node": await ansDecoder(await pipes(), readFileSync(path)),
  };
  const times = await inTurns(works, { rounds, warm: 5 });
  for (const one of [sse42, best]) one.end();
  await page.close();
  const speed = (name) => symbols / 1e3 / median(times[name]);
  const [, bestName] = Object.keys(works);
  const share = (name) => 100 * ratio(times[name], times["wasm, Chromium"]).median;
  return {
    rows: [
      { what: "wasm rANS decode in Chromium, share of native SSE4.2", got: share("native SSE4.2"), unit: "%", least: 25 },
      { what: `wasm rANS decode in Chromium, share of native ${best.isa}`, got: share(bestName), unit: "%", least: 25 },
      { what: "wasm rANS decode in Chromium", got: speed("wasm, Chromium"), unit: "MB/s", aim: 400 },
    ],
    tables: [
      {
        head: ["", "MB/s, median", "MB/s, best", "median ms"],
        rows: Object.entries(times).map(([name, values]) => [name, number(speed(name)), number(symbols / 1e3 / Math.min(...values)), number(median(values))]),
      },
    ],
    times,
  };
}
