// Prints what a page loads, in bytes: as it is, gzip -9, brotli 11.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;

/** [raw, gzip, brotli] of a file. */
export function sizes(file) {
  const bytes = readFileSync(file);
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes, { params }).length];
}

/** A table, and the sum of what decoding a picture loads besides the wasm: index.js and worker.js, glue included. */
export function report(dist) {
  const row = (name, [raw, gzip, brotli]) => console.log(`${name.padEnd(32)}${[raw, gzip, brotli].map((n) => String(n).padStart(10)).join("")}`);
  console.log(`${"bytes".padEnd(32)}       raw   gzip -9 brotli 11`);
  const files = [...readdirSync(dist), ...readdirSync(join(dist, "wasm")).map((name) => `wasm/${name}`)];
  for (const name of files.filter((name) => /\.(js|wasm)$/.test(name))) row(name, sizes(join(dist, name)));
  const both = ["index.js", "worker.js"].map((name) => sizes(join(dist, name)));
  row("a page: index.js + worker.js", both[0].map((n, i) => n + both[1][i]));
}
