/**
 * The engine's modules over onnx's cases: `node conformance.mjs FOLDER`. FOLDER is what tests/nn/write_cases.py wrote. Prints a table; ends
 * with 1 if a case fails.
 * VAERANS_ENGINES=word runs the homes whose name has the word (Node, chromium, firefox, webkit); VAERANS_CASES=word the cases.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BROWSERS, launch, whyNot } from "../browsers/drive.mjs";
import { serve } from "../browsers/server.mjs";
import { conform } from "./conformance.js";

const folder = resolve(process.argv[2]);
const here = fileURLToPath(new URL(".", import.meta.url));
const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const LIMIT = 600_000;
const part = process.env.VAERANS_CASES ?? "";
const RUNS = [
  { simd: true, mode: "strict" },
  { simd: false, mode: "strict" },
  { simd: true, mode: "fast" },
].map((run) => ({ ...run, part }));
const isAsked = (name) => name.toLowerCase().includes((process.env.VAERANS_ENGINES ?? "").toLowerCase());
const PAGE = `<!doctype html><html><head><meta charset="utf-8"></head><body><script type="module">
  import * as nn from "/dist/nn.js";
  import { conform } from "/here/conformance.js";
  const rows = await (await fetch("/cases/cases.json")).json();
  const file = new Uint8Array(await (await fetch("/cases/cases.bin")).arrayBuffer());
  globalThis.conformance = (run) => conform(nn, rows, file, run);
</script></body></html>`;

let failed = 0;

function tell(home, { simd, mode }, { passed, wrong }, started) {
  const count = Object.keys(wrong).length;
  console.log(
    `${home.padEnd(9)} ${simd ? "simd" : "base"} ${mode.padEnd(6)} ${passed} pass, ${count} fail, ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  for (const [name, what] of Object.entries(wrong)) console.log(`  ${name}: ${what}`);
  failed += count + (passed ? 0 : 1);
}

async function inNode() {
  const nn = await import(join(dist, "nn-node.js"));
  const rows = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
  const file = new Uint8Array(readFileSync(join(folder, "cases.bin")));
  for (const run of RUNS) {
    const started = performance.now();
    tell("Node", run, await conform(nn, rows, file, run), started);
  }
}

async function inBrowser(name) {
  const server = await serve({ "/": { files: { "index.html": PAGE } }, "/here/": { folder: here }, "/dist/": { folder: dist }, "/cases/": { folder } });
  const browser = await launch(name);
  try {
    for (const run of RUNS) {
      const started = performance.now();
      const page = await browser.open(`${server.origin}/`);
      const result = await page.evaluate(
        async (run) => {
          while (!globalThis.conformance) await new Promise((resolve) => setTimeout(resolve, 20));
          return globalThis.conformance(run);
        },
        run,
        { timeout: LIMIT },
      );
      await page.close();
      tell(name, run, result, started);
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

if (isAsked("Node")) await inNode();
for (const name of BROWSERS.filter(isAsked)) {
  const reason = whyNot(name);
  if (reason) console.log(`skipped: ${reason}`);
  else await inBrowser(name);
}
process.exit(failed ? 1 : 0);
