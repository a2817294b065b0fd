// dispose() in the middle of everything, twice, before and after init: calls end with a code, workers are gone, the next call starts anew.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ending, freshPages, pixels, stuck, waits } from "./endings.mjs";
import { code, net, page, pause, toy } from "./page.mjs";
import * as vaerans from "./.dist/index.js";

const { VaeransError, decode, dispose, encode, engineInfo, getMemoryStats, init } = vaerans;
freshPages(dispose);
const alive = () => net.workers.filter((worker) => worker.alive).length;

for (const [name, { before, call, stream }] of Object.entries(waits(vaerans))) {
  test(`dispose while it waits for ${name}`, async () => {
    before?.();
    const source = stream && stuck();
    const ended = ending(call({}, source?.stream));
    await pause(30);
    dispose();
    assert.equal(alive(), 0, "a worker lives on");
    const error = await ended;
    assert.ok(error instanceof VaeransError && error.code === "unavailable.worker" && /dispose/.test(error.message), String(error));
    await pause(5);
    if (source) assert.equal(source.cancelled, error);
    assert.deepEqual([alive(), getMemoryStats().instances], [0, []], "something started after it");
    net.answer = net.worker = undefined;
    assert.equal((await decode(toy())).width, 8);
    assert.equal(alive(), 1);
  });
}

test("over shared memory, while the pool starts and while it works", async () => {
  page({ isolated: true });
  const starting = ending(init({ threads: 3 }));
  await pause(15);
  dispose();
  code("unavailable.worker")(await starting);
  assert.equal(alive(), 0);
  await init({ threads: 3 });
  const working = ending(decode(toy({ act: "hang", ms: 60000 })));
  await pause(15);
  dispose();
  code("unavailable.worker")(await working);
  assert.equal(alive(), 0);
  await init({}); // one thread again: options outlive dispose
});

test("decoder and encoder both end", async () => {
  await decode(toy());
  await encode(pixels);
  assert.equal(alive(), 2);
  dispose();
  assert.equal(alive(), 0);
});

test("twice, before anything, and again after", async () => {
  dispose();
  dispose();
  await init();
  dispose();
  dispose();
  assert.equal((await decode(toy())).width, 8);
  assert.deepEqual(
    net.workers.map(({ alive }) => alive),
    [false, true],
  );
});

test("init with other options: without effect while something runs, with effect after dispose", async () => {
  await init({ threads: 2 });
  await init({ threads: 3 });
  assert.equal(engineInfo().threads, 2);
  dispose();
  await decode(toy());
  assert.equal(engineInfo().threads, 2, "the options outlive dispose");
  dispose();
  await init({ threads: 3 });
  assert.equal(engineInfo().threads, 3);
  dispose();
  await init({});
  assert.equal(engineInfo().threads, 1);
});

test("init after a failure takes other options, without dispose", async () => {
  net.answer = () => new Response("gone", { status: 404 });
  await assert.rejects(init({ wasm: "file:///none.wasm" }), code("unavailable.wasm"));
  await assert.rejects(decode(toy()), code("unavailable.wasm"));
  net.answer = undefined;
  await init({ threads: 2 });
  assert.equal(engineInfo().threads, 2);
  assert.equal((await decode(toy())).width, 8);
});

test("engineInfo before init decides nothing", async () => {
  assert.equal(engineInfo().threads, 1);
  await init({ threads: 2 });
  assert.equal(engineInfo().threads, 2);
  dispose();
  await init({});
});
