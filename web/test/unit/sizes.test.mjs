// The budget of sizes is one that a build can fail.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../tools/sizes.mjs", import.meta.url));
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vaerans-sizes-"));
  mkdirSync(join(folder, "wasm"));
  // Random bytes stay as large as they are.
  for (const [name, bytes] of [
    ["index.js", 300],
    ["worker.js", 200],
    ["wasm/one.wasm", 1000],
  ])
    writeFileSync(join(folder, name), randomBytes(bytes));
});
afterEach(() => rmSync(folder, { recursive: true }));

const page = { what: "page", files: ["index.js", "worker.js"], brotli: 600 };
const module = { what: "module", files: ["one.wasm"], brotli: 1100 };

function run(budget) {
  const file = join(folder, "budget.json");
  writeFileSync(file, JSON.stringify(budget));
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, folder, "--budget", file], { encoding: "utf8" });
  return { status, stdout, stderr };
}

test("within the budget: a table with the share that is used", () => {
  const { status, stdout, stderr } = run([page, module]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /page: index\.js \+ worker\.js +500 +\d+ +50\d +600 +8\d %/);
});

test("over the budget: it fails and says by how much, files of one entry added up", () => {
  const one = run([page, { ...module, brotli: 900 }]);
  assert.equal(one.status, 1);
  assert.match(one.stderr, /one\.wasm: 100\d bytes, 10\d over the budget of 900/);
  const sum = run([{ ...page, brotli: 400 }, module]);
  assert.equal(sum.status, 1);
  assert.match(sum.stderr, /index\.js \+ worker\.js: 50\d bytes/);
});

test("a module without a budget fails, and a file that is gone, unless a build may do without it", () => {
  assert.match(run([page]).stderr, /one\.wasm: has no budget/);
  const gone = { what: "gone", files: ["gone.wasm"], brotli: 10 };
  assert.match(run([page, module, gone]).stderr, /gone\.wasm is not there/);
  assert.equal(run([page, module, { ...gone, isOptional: true }]).status, 0);
});

test("the package's own budget keeps to what is promised", () => {
  const own = JSON.parse(readFileSync(new URL("../../tools/budget.json", import.meta.url), "utf8"));
  const budgetOf = (name) => own.find(({ files }) => files.includes(name)).brotli;
  for (const variant of ["simd", "base", "threads"]) {
    assert.ok(budgetOf(`decoder-${variant}.wasm`) <= 102_000 && budgetOf(`encoder-${variant}.wasm`) <= 125_000, variant);
  }
  assert.ok(budgetOf("index.js") <= 6150 && budgetOf("decode.js") <= 6100);
  assert.deepEqual(own.find(({ files }) => files.includes("index.js")).files, ["index.js", "worker.js"]);
});
