/** Peak of the wasm memory, and what stays in the renderer after dispose(). */
import { rendererOf, settledBytes } from "../lib/renderer.mjs";
import { MEDIUM, SMALL } from "../lib/sources.mjs";
import { number } from "../lib/table.mjs";

export const title = "Memory";
export const about =
  "Not progressive, one thread, on a cross-origin isolated page. Linear memory only grows, so that its size after the call is the peak. The renderer is the process " +
  "of the page: PSS of /proc, after the garbage was collected, before the package is loaded and after each of ten rounds of decode, encode and `dispose()`.";

const MB = 1e6;
const ROUNDS = 10;

/** Bytes of the instance of a module. */
const peakOf = ({ stats }, module) => stats.instances.find((one) => one.module === module).wasmBytes;

async function peaks(page, pixels) {
  const found = {};
  for (const [direction, module] of [["decode", "decoder"], ["encode", "encoder"]]) {
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
async function rounds(page) {
  const pid = await rendererOf(page);
  const bytes = [await settledBytes(page, pid)];
  for (let round = 0; round < ROUNDS; round++) {
    for (const direction of ["decode", "encode"]) await page.job("memoryRound", { direction });
    bytes.push(await settledBytes(page, pid));
  }
  return bytes;
}

export async function run({ stage, quick }) {
  const open = async () => {
    const page = await stage.open({ isolated: true });
    return { page, ...(await page.job("memoryFile", { source: quick ? SMALL : MEDIUM })) };
  };
  const first = await open();
  const bytes = await rounds(first.page);
  await first.page.close();
  const second = await open();
  const peak = await peaks(second.page, second.pixels);
  await second.page.close();
  const size = `${(first.pixels / 1e6).toFixed(1)} MP`;
  const over = (n) => 100 * (bytes.at(-1) / n - 1);
  return {
    rows: [
      ...Object.entries(peak).map(([direction, { perPixel }]) => ({
        what: `${direction} of ${size}: bytes of wasm memory per pixel, above 16 MB`, got: perPixel, unit: "", most: 8, aim: 6,
      })),
      { what: "renderer after ten rounds and dispose(), over its size before the package was loaded", got: over(bytes[0]), unit: "%", most: 5 },
      { what: "the same, over its size after the first round", got: over(bytes[1]), unit: "%", most: 5 },
    ],
    tables: [
      { head: ["", "wasm memory", "bytes per pixel above 16 MB"], rows: Object.entries(peak).map(([name, one]) => [name, `${number(one.bytes / MB)} MB`, number(one.perPixel)]) },
      { head: ["renderer", ...bytes.map((_, i) => (i ? `round ${i}` : "before"))], rows: [["MB", ...bytes.map((n) => number(n / MB))]] },
    ],
    notes: ["The memory is shared only where `init({ threads: 2 })` asks for it: checked on the same page."],
    bytes,
  };
}
