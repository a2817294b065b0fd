// Abort, crashes, servers that answer HTML, pages without workers.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, test } from "node:test";
import { code, net, page, pause, toy } from "./page.mjs";
import { decode, dispose, encode, engineInfo, init } from "./.dist/index.js";

beforeEach(() => page());
afterEach(() => dispose());

const html = () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
const wasm = (name) => readFile(new URL(`./.dist/wasm/${name}.wasm`, import.meta.url));

test("an aborted call rejects at once with the signal's reason", async () => {
  const reason = new Error("enough");
  await assert.rejects(decode(toy(), { signal: AbortSignal.abort(reason) }), (e) => e === reason);
  const loading = new AbortController();
  const early = decode(toy(), { signal: loading.signal });
  loading.abort(reason);
  await assert.rejects(early, (e) => e === reason);
  await assert.rejects(encode({ data: new Uint8Array(12), width: 2, height: 2 }, { signal: AbortSignal.abort(reason) }), (e) => e === reason);
});

test("an aborted source is let go", async () => {
  let cancelled;
  const endless = new ReadableStream({ pull: (c) => (c.enqueue(new Uint8Array(10)), pause(5)), cancel: (why) => void (cancelled = why) });
  const stop = new AbortController();
  const call = decode(endless, { signal: stop.signal });
  setTimeout(() => stop.abort(), 30);
  await assert.rejects(call, { name: "AbortError" });
  await pause(20);
  assert.equal(cancelled?.name, "AbortError");
});

test("an aborted job that runs on takes its worker along; waiting jobs are done by the next", async () => {
  await init();
  const stop = new AbortController();
  const long = decode(toy({ act: "hang", ms: 60000 }), { signal: stop.signal });
  const next = decode(toy());
  await pause(50);
  stop.abort();
  await assert.rejects(long, { name: "AbortError" });
  assert.equal((await next).width, 8);
  assert.deepEqual(
    net.workers.map((w) => w.alive),
    [false, true],
  );
});

test("an aborted job in the queue never runs, and its neighbours do", async () => {
  await init();
  const stop = new AbortController();
  const first = decode(toy({ act: "hang", ms: 50 }));
  const waiting = decode(toy({ act: "exit" }), { signal: stop.signal });
  const last = decode(toy());
  await pause(10);
  stop.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  await Promise.all([first, last]);
  assert.equal(net.workers.length, 1);
});

test("a crash rejects the job it befell with unavailable.worker; the next call has a new worker", async () => {
  await assert.rejects(decode(toy({ act: "exit" })), code("unavailable.worker"));
  assert.equal((await decode(toy())).width, 8);
  assert.equal(net.workers.length, 2);
  assert.equal(engineInfo().worker, true);
});

test("a trap or a lack of memory spoils the instance, not the page", async () => {
  await assert.rejects(decode(toy({ act: "trap" })), code("internal.bug"));
  await assert.rejects(decode(toy({ act: "memory" })), code("limit.memory"));
  await assert.rejects(decode(toy({ act: "refused" })), (e) => code("limit.memory")(e) && /too little memory/.test(e.message));
  await assert.rejects(decode(toy({ act: "trap" })), code("internal.bug"));
  assert.equal((await decode(toy())).width, 8);
});

test("an answer that the page cannot read ends the worker and the job", async () => {
  await init();
  const job = decode(toy({ act: "hang", ms: 60000 }));
  await pause(20);
  net.workers[0].onmessageerror({});
  await assert.rejects(job, code("unavailable.worker"));
  assert.equal((await decode(toy())).width, 8);
  assert.deepEqual(
    net.workers.map((w) => w.alive),
    [false, true],
  );
});

test("a browser whose user turned wasm off: unavailable.wasm", async () => {
  const { WebAssembly } = globalThis;
  delete globalThis.WebAssembly;
  try {
    assert.equal(engineInfo().variant, "base");
    await assert.rejects(decode(toy()), code("unavailable.wasm"));
    await assert.rejects(init(), code("unavailable.wasm"));
  } finally {
    globalThis.WebAssembly = WebAssembly;
  }
  assert.equal((await decode(toy())).width, 8);
});

test("no wasm at all: 404, a lost connection, half a file; the page's own file has no copy to take its place", async () => {
  const own = { wasm: "file:///a/decoder.wasm" };
  const half = async () => new Response((await wasm("decoder-simd")).subarray(0, 9), { headers: { "content-type": "application/wasm" } });
  for (const [answer, words] of [
    [() => new Response("", { status: 404 }), /answered 404/],
    [() => Promise.reject(new TypeError("Failed to fetch")), /Failed to fetch/],
    [half, /CompileError/],
  ]) {
    net.answer = answer;
    await assert.rejects(init(own), (e) => code("unavailable.wasm")(e) && words.test(e.message) && /dist\/wasm/.test(e.message) && e.cause !== undefined);
    assert.deepEqual(
      net.workers.filter((w) => w.alive),
      [],
      "a worker that has no wasm lives on",
    );
  }
  net.answer = undefined;
  await init({});
});

test("dispose rejects what is under way", async () => {
  await init();
  const running = decode(toy({ act: "hang", ms: 60000 }));
  const waiting = decode(toy());
  await pause(20);
  dispose();
  await assert.rejects(running, code("unavailable.worker"));
  await assert.rejects(waiting, code("unavailable.worker"));
});

test("HTML in place of wasm: the inlined copy", async () => {
  net.answer = html;
  assert.equal((await decode(toy())).width, 8);
});

test("HTML in place of a page's own wasm: the error says so and how to mend it", async () => {
  net.answer = html;
  await assert.rejects(
    init({ wasm: new URL("file:///a/decoder.wasm") }),
    (e) => code("unavailable.wasm")(e) && /200 text\/html instead of wasm.*init\(\{ wasm: url \}\)/s.test(e.message),
  );
  net.answer = undefined;
  dispose();
  await init({});
  assert.equal((await decode(toy())).width, 8);
});

test("a page's own wasm: bytes, Module, URL, by module", async () => {
  const bytes = await wasm("decoder-base");
  for (const source of [bytes, new WebAssembly.Module(bytes), new URL("./.dist/wasm/decoder-base.wasm", import.meta.url), { decoder: bytes }]) {
    await init({ wasm: source });
    await decode(toy());
    assert.equal(engineInfo().variant, "base");
    dispose();
  }
  await init({});
});

test("no worker to be had: the calling thread, and engineInfo says why", async () => {
  const cases = [
    [() => delete globalThis.Worker, /no workers here/],
    [
      () =>
        (globalThis.Worker = class {
          constructor() {
            throw new DOMException("other origin", "SecurityError");
          }
        }),
      /other origin/,
    ],
    [() => (net.worker = () => new URL("file:///no/worker.js")), /worker failed/],
    [() => delete globalThis.document, /off the main thread already/],
  ];
  for (const [spoil, words] of cases) {
    page();
    spoil();
    assert.equal((await decode(toy())).width, 8);
    assert.equal(engineInfo().worker, false);
    assert.match(engineInfo().reason, words);
    await assert.rejects(decode(toy({ act: "trap" })), code("internal.bug"));
    assert.equal((await decode(toy())).data[30], 13);
    dispose();
  }
  await init({ worker: false });
  assert.equal(engineInfo().worker, false);
  dispose();
  await init({});
});
