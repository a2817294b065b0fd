/** Memory of a process that shows a page (Linux). */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Bytes of the process: its own pages, and its share of those that others map too (PSS). */
function bytesOf(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return 1024 * Number(text.match(/^Pss:\s+(\d+) kB/m)[1]);
}

/** A browser gives freed memory back when a page has been idle for so long, in milliseconds. */
const IDLE = 12000;

async function pressed(send, times) {
  for (let i = 0; i < times; i++) {
    await send("HeapProfiler.collectGarbage");
    await send("Memory.simulatePressureNotification", { level: "critical" });
    await sleep(300);
  }
}

/** Of several processes together. */
export const sumOf = (pids) => pids.reduce((sum, pid) => sum + bytesOf(pid), 0);

/** The same after garbage was collected and caches were given up, as under memory pressure, and after a rest. */
export async function settledBytes({ send, pid }, bytes = () => bytesOf(pid)) {
  await pressed(send, 5);
  await sleep(IDLE);
  await pressed(send, 1);
  return bytes();
}
