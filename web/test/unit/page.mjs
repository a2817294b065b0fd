// What a page has and Node has not: Worker, document, a fetch that reads the built files. Import before the package.
import { readFile } from "node:fs/promises";
import { Worker as Thread } from "node:worker_threads";

/** What the package asked for; `answer` may put something else in a URL's place. */
export const net = { urls: [], workers: [], answer: undefined };

const boot = `
  const { parentPort, workerData } = require("node:worker_threads");
  globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
  import(workerData).then(() => parentPort.on("message", (data) => globalThis.onmessage({ data })), (e) => { throw e; });
`;

class PageWorker {
  constructor(url) {
    net.workers.push(this);
    this.url = String(url).split("/").pop();
    this.alive = true;
    const file = net.worker ? net.worker(url) : url;
    this.thread = new Thread(boot, { eval: true, workerData: String(file) });
    this.thread.on("message", (data) => this.onmessage?.({ data }));
    this.thread.on("error", (error) => this.onerror?.({ message: error.message }));
    this.thread.on("exit", (code) => this.alive && code && this.onerror?.({ message: `exit ${code}` }));
  }
  postMessage(message, transfer) {
    this.thread.postMessage(message, transfer);
  }
  terminate() {
    this.alive = false;
    this.thread.terminate();
  }
}

export function page({ isolated = false } = {}) {
  globalThis.document = {};
  globalThis.Worker = PageWorker;
  globalThis.crossOriginIsolated = isolated;
  net.urls.length = net.workers.length = 0;
  net.answer = net.worker = undefined;
}

const plain = globalThis.fetch;
globalThis.fetch = async (url, options) => {
  if (!String(url).startsWith("file:")) return plain(url, options);
  net.urls.push(String(url).split("/").pop());
  return net.answer?.(url) ?? new Response(await readFile(new URL(url)), { headers: { "content-type": "application/wasm" } });
};

/** A toy file, see fake/glue.js. */
export function toy(fields = {}) {
  const header = { width: 8, height: 8, channels: 3, dtype: "uint8", tile: 8, levelBytes: [10, 20, 40, 80], ...fields };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + json.length + header.levelBytes.reduce((a, b) => a + b, 0));
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  return bytes;
}

export const code = (expected) => (error) => error.code === expected || assertFail(expected, error);
function assertFail(expected, error) {
  throw new Error(`expected ${expected}, got ${error.stack ?? error}`);
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
