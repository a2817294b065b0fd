/** Peak of the wasm memory, and what stays in the renderer after dispose(). */
import { settledBytes } from "../lib/renderer.mjs";
import { MEDIUM, SMALL } from "../lib/sources.mjs";
import { median } from "../lib/stats.mjs";
import { number } from "../lib/table.mjs";
import { unwatchedPage } from "../lib/unwatched.mjs";

export const title = "Memory";
export const about =
  "Not progressive, one thread, on a cross-origin isolated page. Linear memory only grows, so that its size after the call is the peak. The renderer is the process " +
  "of the page, in a browser of its own that no driver listens to: PSS of /proc, before the package is loaded and after each of ten rounds of decode, encode and `dispose()`, " +
  "each time after the garbage was collected, the browser was told that memory is short, and the page rested for 12 seconds, so that free blocks and caches do not count.";

const MB = 1e6;
const ROUNDS = 10;

/** Bytes of the instance of a module. */
const peakOf = ({ stats }, module) => stats.instances.find((one) => one.module === module).wasmBytes;

async function peaks(page, pixels) {
  const found = {};
  for (const [direction, module] of [
    ["decode", "decoder"],
    ["encode", "encoder"],
  ]) {
    const answer = await page.job("memoryRound", { direction });
    if (answer.sharedMemory) throw new Error(`memory: ${direction} with one thread shares its memory`);
    const bytes = peakOf(answer, module);
    found[direction] = { bytes, perPixel: (bytes - 16 * MB) / pixels };
  }
  const { sharedMemory } = await page.job("memoryRound", { direction: "decode", threads: 2 });
  if (!sharedMemory) throw new Error("memory: two threads on an isolated page share no memory");
  return found;
}

/** Renderer's bytes before the first round and after each. */
async function rounds(page, source) {
  const job = (name, argument) =>
    page.evaluate(`import(new URL("./client.js", location.href)).then(({ page }) => page(${JSON.stringify(name)}, ${JSON.stringify(argument)}))`);
  await job("memoryFile", { source });
  const bytes = [await settledBytes(page)];
  for (let round = 0; round < ROUNDS; round++) {
    for (const direction of ["decode", "encode"]) await job("memoryRound", { direction });
    bytes.push(await settledBytes(page));
  }
  return bytes;
}

export async function run({ stage, quick }) {
  const source = quick ? SMALL : MEDIUM;
  const browsers = [];
  for (let i = 0; i < (quick ? 1 : 3); i++) {
    const page = await unwatchedPage(`${stage.server.origin}/isolated/index.html`);
    browsers.push(await rounds(page, source).finally(page.close));
  }
  const page = await stage.open({ isolated: true });
  const { pixels } = await page.job("memoryFile", { source });
  const peak = await peaks(page, pixels);
  await page.close();
  const size = `${(pixels / 1e6).toFixed(1)} MP`;
  /** Of the browsers the middle one: percent that the last round is over round `i`. */
  const over = (i) => median(browsers.map((bytes) => 100 * (bytes.at(-1) / bytes[i] - 1)));
  return {
    rows: [
      ...Object.entries(peak).map(([direction, { perPixel }]) => ({
        what: `${direction} of ${size}: bytes of wasm memory per pixel, above 16 MB`,
        got: perPixel,
        unit: "",
        most: 8,
        aim: 6,
      })),
      { what: "renderer after ten rounds and dispose(), over its size before the package was loaded", got: over(0), unit: "%", most: 5 },
      { what: "the same, over its size after the first round", got: over(1), unit: "%", most: 5 },
    ],
    tables: [
      {
        head: ["", "wasm memory", "bytes per pixel above 16 MB"],
        rows: Object.entries(peak).map(([name, one]) => [name, `${number(one.bytes / MB)} MB`, number(one.perPixel)]),
      },
      {
        head: ["renderer, MB", ...browsers[0].map((_, i) => (i ? `round ${i}` : "before"))],
        rows: browsers.map((bytes, i) => [`browser ${i + 1}`, ...bytes.map((n) => number(n / MB))]),
      },
    ],
    notes: ["The memory is shared only where `init({ threads: 2 })` asks for it: checked on the same page."],
    browsers,
  };
}
