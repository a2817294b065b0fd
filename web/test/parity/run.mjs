/**
 * Python's bytes and pixels from every module of the package in every engine: `node run.mjs FOLDER`.
 * FOLDER has corpus.bin and corpus.json (tests/parity/write.py) and the unpacked package. Prints a table; ends with 1 if anything differs.
 * VAERANS_ENGINES=word runs the engines whose name has the word.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, whyNot } from "../browsers/drive.mjs";
import { runToEnd } from "../browsers/process.mjs";
import { runtimes } from "../browsers/project.mjs";
import { serve } from "../browsers/server.mjs";
import { Verdict } from "./verdict.mjs";

const folder = resolve(process.argv[2]);
const here = fileURLToPath(new URL(".", import.meta.url));
const corpus = JSON.parse(readFileSync(join(folder, "corpus.json"), "utf8"));
const LIMIT = 180_000;
/** Characters that a run time may say: its result, with what differed. */
const RESULT = 2 ** 23;
/** What was made in place of the expected, for whoever looks into it. */
const differing = join(folder, "differing");

/** V8, SpiderMonkey, JavaScriptCore. WebKitGTK has no SharedArrayBuffer. */
const BROWSERS = {
  chromium: ["base", "simd", "threads", "instances"],
  firefox: ["base", "simd", "threads", "instances"],
  webkit: ["base", "simd", "instances"],
};
/** V8 but for Bun, which has JavaScriptCore. In Node, threads stand in for the workers of a page (runtime.mjs). */
const PROGRAMS = { Node: ["base", "simd", "threads", "instances"], Bun: ["base", "simd"], Deno: ["simd"] };

/** What each run has to find equal: nothing may be left out unseen. */
function totals(run) {
  const files = corpus.pictures.flatMap((picture) => picture.files);
  const decodings = (list) => list.reduce((sum, file) => sum + file.decoded.length, 0);
  const { cases, files: coded } = corpus.pipes;
  const opened = coded.filter(({ back }) => back).length;
  const isPlain = run === "base" || run === "simd";
  return { files: files.length, decodings: decodings(files) + (run === "instances" ? 0 : decodings(coded)), pipes: isPlain ? cases.length + opened : 0 };
}

/** What a run left out or did elsewhere than it was asked to, in words. */
function omissions(run, { equal, wrong, instances }, wasm) {
  const said = [];
  for (const [kind, total] of Object.entries(totals(run))) {
    if (equal[kind] !== total && !wrong) said.push(`${kind}: ${equal[kind]} of ${total} were compared`);
  }
  const expected = run === "instances" ? ["decoder", "decoder", "encoder", "encoder"] : ["decoder", "encoder"];
  if (String([...instances].sort()) !== String(expected)) said.push(`instances: ${instances}`);
  for (const name of ["decoder", "encoder"]) {
    const wanted = `${name}-${run === "instances" ? "simd" : run}.wasm`;
    const got = wasm?.filter((path) => path.startsWith(name)) ?? [wanted];
    if (String([...new Set(got)]) !== wanted) said.push(`fetched ${got} instead of ${wanted}`);
  }
  return said;
}

async function inBrowser(name, runs, tell) {
  // Workers of an isolated page want its headers; to others they mean nothing.
  const server = await serve({ "/": { folder: here }, "/isolated/": { folder: here, isolated: true }, "/corpus/": { folder, isolated: true } });
  const browser = await launch(name);
  try {
    for (const run of runs) {
      const started = performance.now();
      const page = await browser.open(`${server.origin}/${run === "threads" ? "isolated/" : ""}page.html`);
      const result = await page
        .evaluate((asked) => globalThis.parity(asked), run, { timeout: LIMIT })
        .catch(async (error) => {
          throw new Error(`${error.message}\n${JSON.stringify(await page.console().catch(() => []))}`);
        });
      const wasm = page
        .requests()
        .filter(({ path }) => path.endsWith(".wasm"))
        .map(({ path }) => path.split("/").pop());
      await page.close();
      tell(name, run, result, started, { version: browser.version, wasm });
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

/** A run time: each run in a process of its own. */
async function inProgram(name, runs, { program, args }, tell) {
  for (const run of runs) {
    const started = performance.now();
    const text = await runToEnd(program, [...args, join(here, "runtime.mjs"), run, folder], { timeout: LIMIT, step: `${name} ${run}`, kept: RESULT });
    tell(name, run, JSON.parse(text.trim().split("\n").at(-1)), started);
  }
}

let failed = 0;
const rows = [];
const verdict = new Verdict(differing);

function tell(engine, run, result, started, { version = "", wasm } = {}) {
  const { faults, borne } = verdict.of(engine, run, result);
  const said = [...faults, ...omissions(run, result, wasm)];
  const { files, decodings, pipes } = result.equal;
  rows.push([`${engine} ${version}`.trim(), run, files, decodings, pipes || "", ((performance.now() - started) / 1000).toFixed(1)]);
  failed += said.length;
  for (const line of said) console.error(`${engine}, ${run}: ${line}`);
  for (const line of borne) console.log(`${engine}, ${run}: a known fault of this engine, ${line}`);
}

/** One engine after another; an engine that fails does not keep the others from their turn. */
async function lane(jobs) {
  for (const [name, job] of jobs) {
    await job().catch((error) => {
      failed++;
      console.error(`${name}: ${error.stack ?? error}`);
    });
  }
}

function browserJobs() {
  return Object.entries(BROWSERS)
    .filter(([name]) => isAsked(name))
    .map(([name, runs]) => {
      const reason = whyNot(name);
      return [name, async () => (reason ? console.log(`skipped: ${reason}`) : inBrowser(name, runs, tell))];
    });
}

function programJobs() {
  const known = { ...runtimes(), Node: { program: process.execPath, args: [] } };
  return Object.entries(PROGRAMS)
    .filter(([name]) => isAsked(name))
    .map(([name, runs]) => {
      const isHere = existsSync(known[name].program);
      return [name, async () => (isHere ? inProgram(name, runs, known[name], tell) : console.log(`skipped: npm has no ${name} for this platform`))];
    });
}

function isAsked(name) {
  return name.toLowerCase().includes((process.env.VAERANS_ENGINES ?? "").toLowerCase());
}

rmSync(differing, { recursive: true, force: true });
for (const reason of corpus.skipped) console.log(`skipped: ${reason}`);
// Side by side: a run keeps one core busy, mostly.
await Promise.all([lane(browserJobs()), lane(programJobs())]);
const head = ["engine", "modules", "files", "decodings", "pipes", "seconds"];
const widths = head.map((word, i) => Math.max(word.length, ...rows.map((row) => String(row[i]).length)));
for (const row of [head, ...rows.sort()])
  console.log(row.map((cell, i) => (i < 2 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i]))).join("  "));
console.log(failed ? "parity: DIFFERENCES, see above" : "parity: everything equal to Python's");
process.exit(failed || rows.length === 0 ? 1 : 0);
