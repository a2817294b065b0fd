/** Memory of the process that shows a page (Linux). */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The renderer whose processor time grows while the page is busy. */
export async function rendererOf(page) {
  const session = await page.native.context.browser().newBrowserCDPSession();
  const times = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return new Map(processInfo.filter(({ type }) => type === "renderer").map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await times();
  await page.evaluate(() => {
    const end = performance.now() + 1000;
    while (performance.now() < end);
  });
  const after = await times();
  await session.detach();
  const busiest = [...after].map(([id, time]) => [time - (before.get(id) ?? 0), id]).sort(([a], [b]) => b - a)[0];
  return busiest[1];
}

/** Bytes of the process: its own pages, and its share of those that others map too (PSS). */
export function bytesOf(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return 1024 * Number(text.match(/^Pss:\s+(\d+) kB/m)[1]);
}

/** The same after garbage was collected. */
export async function settledBytes(page, pid) {
  for (let i = 0; i < 3; i++) {
    await page.native.devtools.send("HeapProfiler.collectGarbage");
    await sleep(300);
  }
  return bytesOf(pid);
}
