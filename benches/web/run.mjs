// Measures the packed package in Chromium and writes docs/benchmarks/web.md: `node benches/web/run.mjs [--only cold,decode] [--check]`.
// QUICK=1: fewer rounds, smaller pictures. A section that is left out keeps the figures of its last run; `--only ''` writes
// the page alone.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "./lib/machine.mjs";
import { page } from "./lib/page.mjs";
import { rested } from "./lib/quiet.mjs";
import { results, stage as setUp } from "./lib/stage.mjs";
import { figures, verdict } from "./lib/table.mjs";

const SECTIONS = ["sizes", "cold", "decode", "rates", "native", "encode", "kernels", "threads", "rans", "memory", "element", "learned"];
const { values } = parseArgs({ options: { only: { type: "string", default: SECTIONS.join() }, check: { type: "boolean" } } });
const quick = !!process.env.QUICK;
const fileOf = (name) => join(results, `${quick ? "quick-" : ""}${name}.json`);

async function measure(name, stage) {
  console.log(`==> ${name}`);
  rested();
  const section = await import(`./sections/${name}.mjs`);
  const load = [loadavg()[0]];
  const found = await section.run({ stage, quick, rounds: quick ? 5 : 15 });
  load.push(loadavg()[0]);
  const about = { load, title: section.title, about: section.about, machine: machine(stage.browser.version), date: new Date().toISOString().slice(0, 10) };
  writeFileSync(fileOf(name), JSON.stringify({ ...about, ...found }, undefined, 1));
  console.log(figures(found.rows));
}

async function measureAll(names) {
  const stage = await setUp();
  try {
    mkdirSync(results, { recursive: true });
    for (const name of names) await measure(name, stage);
  } finally {
    await stage.close();
  }
}

const names = values.only.split(",").filter(Boolean);
if (names.length) await measureAll(names);
const all = SECTIONS.filter((name) => existsSync(fileOf(name))).map((name) => JSON.parse(readFileSync(fileOf(name), "utf8")));
const rows = all.flatMap((section) => section.rows);
const out = quick ? join(results, "quick.md") : fileURLToPath(new URL("../../docs/benchmarks/web.md", import.meta.url));
writeFileSync(
  out,
  page(
    all,
    SECTIONS.filter((name) => !existsSync(fileOf(name))),
  ),
);
const missed = rows.filter((row) => verdict(row) === "MISSED");
console.log(`${rows.length} figures, ${missed.length} musts missed`);
for (const { what } of missed) console.log(`  ${what}`);
if (values.check && missed.length) process.exitCode = 1;
