#!/usr/bin/env node
/** vaerans-encode: a folder of PNG, JPEG, PPM or PAM files to .vrn files, at build time. See --help. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, extname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { OPTIONS } from "./options.mjs";
import { EXTENSIONS } from "./read/index.mjs";

/** maxError -> max-error. */
const flag = (name) => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

function helpOf({ name, type, text }) {
  const left = `${name === "quality" ? "-q, " : "    "}--${flag(name)}${type === "bool" ? "" : type === "str" ? " WORD" : " N"}`;
  return `  ${left.padEnd(19)}${text}`;
}

const HELP = `vaerans-encode INPUT... -o OUT [options]

Encodes pictures to .vrn files. INPUT: files, or folders that are searched through and through for PNG, JPEG
(with the package jpeg-js installed), PGM, PPM and PAM. OUT gets the same folders. ICC profile, EXIF block and orientation are kept.

  -o, --out FOLDER   where the .vrn files go; made if it is not there
${OPTIONS.map(helpOf).join("\n")}
  -j, --jobs N       pictures at a time; as many as there are cores if not given
      --force        write over files that exist; without it they are kept
      --quiet        errors alone
  -h, --help         this text

Exit status: 0 every picture has its file; 1 some could not be encoded, or exist and are older than their source; 2 wrong use.
`;

class UsageError extends Error {}
const usage = (words) => {
  throw new UsageError(words);
};

function whole(name, text, low, high) {
  const value = Number(text);
  return text.trim() && Number.isInteger(value) && value >= low && value <= high
    ? value
    : usage(`--${name}: expected a whole number from ${low} to ${high}, got "${text}"`);
}

/** The options of the profile among `values`, as `encode` takes them. */
function profileOf(values) {
  const given = OPTIONS.filter(({ name }) => values[flag(name)] !== undefined);
  return Object.fromEntries(given.map((option) => [option.name, valueOf(option, values[flag(option.name)])]));
}

function valueOf({ name, type, range: [low, high] = [] }, text) {
  if (type === "bool" || type === "str") return text;
  if (type === "int") return whole(flag(name), text, low, high);
  const value = Number(text);
  return text.trim() && value >= low && value <= high ? value : usage(`--${flag(name)}: expected a number from ${low} to ${high}, got "${text}"`);
}

function parse(args) {
  const options = {
    ...Object.fromEntries(OPTIONS.map(({ name, type }) => [flag(name), { type: type === "bool" ? "boolean" : "string" }])),
    quality: { type: "string", short: "q" },
    out: { type: "string", short: "o" },
    jobs: { type: "string", short: "j", default: String(availableParallelism()) },
    force: { type: "boolean", default: false },
    quiet: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    usage(error.message);
  }
  const { values, positionals } = parsed;
  if (values.help) return { help: true };
  if (!positionals.length) usage("no INPUT");
  if (!values.out) usage("no output folder: -o FOLDER");
  return { ...values, inputs: positionals, profile: profileOf(values), jobs: whole("jobs", values.jobs, 1, 256) };
}

const toVrn = (path) => `${path.slice(0, path.length - extname(path).length)}.vrn`;

/** [{ from, to, name }], sorted by name. */
function jobsOf({ inputs, out }) {
  const jobs = inputs.flatMap((input) => {
    if (!existsSync(input)) usage(`${input} is not there`);
    if (!statSync(input).isDirectory()) return [{ from: input, name: basename(input) }];
    const found = readdirSync(input, { recursive: true, withFileTypes: true });
    const paths = found.filter((entry) => entry.isFile() && EXTENSIONS.test(entry.name)).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
    return paths.map((from) => ({ from, name: relative(input, from) }));
  });
  const taken = new Map();
  for (const job of jobs) {
    job.to = join(out, toVrn(job.name));
    const other = taken.get(resolve(job.to));
    if (other && resolve(other) !== resolve(job.from)) usage(`${other} and ${job.from} would both be ${job.to}`);
    taken.set(resolve(job.to), job.from);
  }
  const once = new Map(jobs.map((job) => [resolve(job.to), job]));
  return [...once.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is there already; undefined if the file is to be made. */
function kept({ from, to }, { force }) {
  if (force || !existsSync(to)) return undefined;
  const isOld = statSync(to).mtimeMs < statSync(from).mtimeMs;
  return isOld ? { error: `${to} exists and is older than its source: --force writes over it` } : { kept: true };
}

/** Runs the jobs on threads; `told` hears each as it ends. */
async function run(jobs, options, told) {
  const queue = [...jobs];
  const { profile, force } = options;
  const thread = async () => {
    let worker, settle;
    const start = () => {
      const made = new Worker(new URL("./worker.mjs", import.meta.url));
      made.on("message", (result) => settle(result));
      made.on("error", (error) => ((worker = undefined), settle({ error: error.message }))); // the next file gets a new one
      return made;
    };
    const ask = (job) =>
      new Promise((resolve) => {
        settle = resolve;
        (worker ??= start()).postMessage({ ...job, force, profile });
      });
    for (let job; (job = queue.shift());) {
      job.result = kept(job, options) ?? (await ask(job));
      told(job);
    }
    await worker?.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, jobs.length) }, thread));
}

const bytesText = (n) => (n < 10_000 ? `${n} B` : n < 10_000_000 ? `${(n / 1000).toFixed(1)} kB` : `${(n / 1e6).toFixed(1)} MB`);

function row({ name, result }) {
  if (result.error) return [name, "failed"];
  if (result.kept) return [name, "kept"];
  const { size, before, after, pixels, ms } = result;
  return [
    name,
    size,
    bytesText(before),
    bytesText(after),
    `${((100 * after) / before).toFixed(0)} %`,
    `${((8 * after) / pixels).toFixed(2)}`,
    `${ms.toFixed(0)} ms`,
  ];
}

function table(jobs) {
  const rows = [["file", "pixels", "before", "after", "of it", "bits/pixel", "time"], ...jobs.map(row)];
  const done = jobs.map(({ result }) => result).filter(({ after }) => after);
  const sum = (key) => done.reduce((total, result) => total + result[key], 0);
  if (done.length > 1)
    rows.push(row({ name: `${done.length} files`, result: { size: "", before: sum("before"), after: sum("after"), pixels: sum("pixels"), ms: sum("ms") } }));
  const widths = rows[0].map((_, i) => Math.max(...rows.map((cells) => (cells[i] ?? "").length)));
  return rows
    .map((cells) =>
      cells
        .map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

async function main() {
  const options = parse(process.argv.slice(2));
  if (options.help) return process.stdout.write(HELP);
  const jobs = jobsOf(options);
  if (!jobs.length) usage(`no PNG, JPEG, PGM, PPM or PAM file in ${options.inputs.join(", ")}`);
  const isLive = process.stderr.isTTY && !options.quiet;
  let ended = 0;
  await run(jobs, options, ({ name, result }) => {
    ended++;
    if (isLive) process.stderr.write(`\r\x1b[K${ended}/${jobs.length}  ${name}`);
    if (result.error) process.stderr.write(`${isLive ? "\r\x1b[K" : ""}${name}: ${result.error}\n`);
  });
  if (isLive) process.stderr.write("\r\x1b[K");
  if (!options.quiet) process.stdout.write(`${table(jobs)}\n`);
  process.exitCode = jobs.some(({ result }) => result.error) ? 1 : 0;
}

main().catch((error) => {
  process.stderr.write(`vaerans-encode: ${error.message}\n${error instanceof UsageError ? "vaerans-encode --help says more\n" : ""}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
