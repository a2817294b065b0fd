/**
 * Measures networks in Node and in Chromium: `node run.mjs FOLDER OUT.json [--homes node,chromium] [--only WORD]`. FOLDER is what
 * ../write_web.py wrote. QUICK=1: a tenth of the time for each.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as all from "./homes.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { homes: { type: "string", default: "node,chromium" }, only: { type: "string", default: "" } },
});
const [folder, out] = positionals;
const quick = !!process.env.QUICK;
const BUDGET = quick ? 800 : 8000;
const STARTS = quick ? 3 : 9;
const models = readdirSync(folder)
  .filter((id) => id !== "done")
  .sort()
  .map((id) => ({ id, ...JSON.parse(readFileSync(join(folder, id, "case.json"), "utf8")) }))
  .filter(({ name }) => name.includes(values.only));

/** Milliseconds of ours and the peer's, from nothing to the first answer: the least of some starts in turns. */
async function started(home, { id }) {
  const best = { fast: Infinity, peer: Infinity };
  for (let i = 0; i < STARTS; i++)
    for (const [key, which] of [
      ["fast", "ours"],
      ["peer", "peer"],
    ])
      best[key] = Math.min(best[key], await home.cold(which, id));
  return best;
}

/** The rows of a home, with its name. */
async function measured(make) {
  const home = await make(folder);
  const rows = [];
  try {
    for (const { id, name, kind } of models) {
      const isCold = kind === "cold";
      const { tfjs, ...took } = isCold ? await started(home, { id }) : await home.turns(id, ["fast", "strict", ...(quick ? [] : ["base"])], BUDGET);
      const found = [{ name, kind, ...took, ratio: took.peer / took.fast }];
      // No bounds hold for it.
      if (tfjs) found.push({ name: `${name}, peer tfjs-wasm`, kind: "beside", fast: took.fast, strict: took.strict, peer: tfjs, ratio: tfjs / took.fast });
      for (const { name, kind, ...figures } of found) {
        const told = Object.entries(figures).map(([key, ms]) => `${key} ${ms.toFixed(2)}`);
        console.error(`${home.name}: ${name}: ${told.join(", ")}`);
      }
      rows.push(...found);
    }
  } finally {
    await home.close();
  }
  return { home: home.name, rows };
}

const homes = [];
for (const name of values.homes.split(",")) homes.push(await measured(all[name]));
writeFileSync(out, JSON.stringify(homes, undefined, 1));
process.exit(0);
