/**
 * What a page loads, in bytes, against the budget in budget.json (bytes of brotli 11): a table, and an error where it is passed.
 *   node tools/sizes.mjs FOLDER [--budget FILE]      FOLDER: dist
 */
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
const BUDGET = fileURLToPath(new URL("./budget.json", import.meta.url));
const isWasm = (name) => name.endsWith(".wasm");

/** [raw, gzip, brotli] of a file. */
export function sizes(file) {
  const bytes = readFileSync(file);
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes, { params }).length];
}

/** Name -> place of the scripts and modules of dist. */
function filesOf(folder) {
  const inFolder = (path) =>
    readdirSync(path)
      .filter((name) => /\.(js|wasm)$/.test(name))
      .map((name) => [name, join(path, name)]);
  return new Map([...inFolder(join(folder, "wasm")), ...inFolder(folder)]);
}

/** A file and the scripts that it always loads; index.js has a line of its own. */
function withImports(found, name) {
  if (isWasm(name)) return [name];
  const imported = [...readFileSync(found.get(name), "utf8").matchAll(/\bfrom\s*"\.\/([^"]+)"/g)].map(([, next]) => next).filter((next) => next !== "index.js");
  return [name, ...imported.flatMap((next) => withImports(found, next))];
}

/** One entry of the budget as a row of the table, with what is wrong with it. */
function rowOf({ what, files, brotli: budget, isOptional }, found) {
  const missing = files.filter((name) => !found.has(name));
  const label = `${what}: ${files.join(" + ")}`;
  if (missing.length > 0) return { label, budget, problem: isOptional ? "" : `${missing.join(", ")} is not there` };
  const loaded = new Set(files.flatMap((name) => withImports(found, name)));
  const all = [...loaded].map((name) => sizes(found.get(name)));
  const [raw, gzip, brotli] = [0, 1, 2].map((i) => all.reduce((sum, one) => sum + one[i], 0));
  return { label, budget, raw, gzip, brotli, problem: brotli > budget ? `${brotli} bytes, ${brotli - budget} over the budget of ${budget}` : "" };
}

/** { rows, problems }: every module has to be in the budget, and within it. */
export function check(folder, { budget = BUDGET } = {}) {
  const found = filesOf(folder);
  const entries = JSON.parse(readFileSync(budget, "utf8"));
  const rows = entries.map((entry) => rowOf(entry, found));
  const known = new Set(entries.flatMap(({ files }) => files));
  const strangers = [...found.keys()].filter((name) => isWasm(name) && !known.has(name));
  return {
    rows,
    problems: [
      ...rows.filter(({ problem }) => problem).map(({ label, problem }) => `${label}: ${problem}`),
      ...strangers.map((name) => `${name}: has no budget`),
    ],
  };
}

/** Prints the table; throws when the budget is passed. */
export function report(folder, options) {
  const { rows, problems } = check(folder, options);
  const wide = Math.max(...rows.map(({ label }) => label.length)) + 2;
  const line = (label, cells) => console.log(label.padEnd(wide) + cells.map((cell) => String(cell).padStart(11)).join(""));
  line("bytes", ["raw", "gzip -9", "brotli 11", "budget", "used"]);
  for (const { label, raw, gzip, brotli, budget } of rows) {
    line(label, brotli === undefined ? ["not built", "", "", budget, ""] : [raw, gzip, brotli, budget, `${Math.round((100 * brotli) / budget)} %`]);
  }
  if (problems.length > 0) throw new Error(`larger than web/tools/budget.json allows:\n  ${problems.join("\n  ")}`);
}

function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { budget: { type: "string" } } });
  try {
    report(positionals[0], { ...values });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main();
