/**
 * What a page fetches of the package of the model, in bytes, file by file.
 *   node tools/model-sizes.mjs FOLDER       the folder of its files
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sizes } from "./sizes.mjs";

const folder = process.argv[2];
const ENCODING = /^(encoder|analysis)\//;
const names = readdirSync(folder, { recursive: true })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".bin"))
  .sort();
const rows = names.map((name) => [name, ...sizes(join(folder, name))]);
const sum = (label, some) => [label, ...[1, 2, 3].map((i) => some.reduce((all, row) => all + row[i], 0))];
const decoding = rows.filter(([name]) => !ENCODING.test(name));
rows.push(sum("what decodes", decoding), sum("all", rows));

console.log("vaerans-vae, bytes".padEnd(26) + ["raw", "gzip -9", "brotli 11"].map((title) => title.padStart(11)).join(""));
for (const [name, ...numbers] of rows) console.log(name.padEnd(26) + numbers.map((n) => String(n).padStart(11)).join(""));
