// Several instances share a picture; one pool over shared memory; encode.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { code, net, page, pause, toy } from "./page.mjs";
import { decode, dispose, encode, engineInfo, getMemoryStats, init } from "./.dist/index.js";

beforeEach(() => page());
afterEach(() => dispose());
const parse = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
const tall = { width: 6, height: 37, tile: 8 };

test("without shared memory N instances decode bands of tile rows: the same picture as one", async () => {
  const cases = [
    {},
    { scale: 1 / 4 },
    { region: { x: 1, y: 12, width: 4, height: 20 } },
    { scale: 1 / 4, region: { x: 0, y: 8, width: 4, height: 29 } },
    { region: { x: 0, y: 3, width: 4, height: 2 } },
    { rgba: true },
  ];
  const alone = [];
  await init({ threads: 1 });
  for (const options of cases) alone.push(await decode(toy(tall), options));
  assert.equal(net.workers.length, 1);
  dispose();
  page();
  await init({ threads: 3 });
  for (const [i, options] of cases.entries()) {
    const shared = await decode(toy(tall), options);
    assert.deepEqual([shared.width, shared.height, shared.shape], [alone[i].width, alone[i].height, alone[i].shape]);
    assert.deepEqual(shared.data, alone[i].data);
  }
  assert.equal(net.workers.length, 3);
  assert.deepEqual(net.urls, ["decoder-simd.wasm"]);
  assert.equal(engineInfo().threads, 3);
  assert.match(engineInfo().reason, /instances of their own: the page is not .*COOP/);
});

test("tiles that reach into others are decoded by one instance", async () => {
  await init({ threads: 3 });
  assert.equal((await decode(toy({ ...tall, steps: ["PhotoEncode"] }))).height, 37);
  assert.equal(getMemoryStats().instances.filter(({ arenaBytes }) => arenaBytes > 0).length, 1);
});

test("an error in one band is the call's error", async () => {
  await init({ threads: 2 });
  await assert.rejects(decode(toy({ ...tall, act: "trap" })), code("internal.bug"));
  assert.equal((await decode(toy(tall))).height, 37);
});

test("with shared memory: one pool, told as such", async () => {
  page({ isolated: true });
  await init({ threads: 3 });
  assert.equal((await decode(toy(tall))).height, 37);
  const { variant, threads, sharedMemory, worker, reason } = engineInfo();
  assert.deepEqual([variant, threads, sharedMemory, worker], ["threads", 3, true, true]);
  assert.match(reason, /shared memory/);
  assert.deepEqual(net.urls, ["decoder-threads.wasm"]);
  assert.deepEqual(
    net.workers.map((w) => w.url),
    Array(3).fill("worker-threads.js"),
  );
  assert.equal(getMemoryStats().instances.length, 1);
  dispose();
  assert.ok(net.workers.every((w) => !w.alive));
});

test("a pool that cannot start gives way to instances", async () => {
  page({ isolated: true });
  net.worker = (url) => (String(url).includes("threads") ? "file:///no/worker.js" : url);
  await init({ threads: 2 });
  assert.equal((await decode(toy(tall))).height, 37);
  const { threads, sharedMemory, reason } = engineInfo();
  assert.deepEqual([threads, sharedMemory], [2, false]);
  assert.match(reason, /worker failed/);
});

test("a second instance that cannot start is not tried for ever: the first must do", async () => {
  let spawned = 0;
  net.worker = (url) => (spawned++ ? new URL("./fake/full.js", import.meta.url) : url);
  await init({ threads: 2 });
  for (let i = 0; i < 3; i++) assert.equal((await decode(toy(tall))).height, 37);
  await pause(400);
  assert.ok(spawned <= 3, `${spawned} workers`);
});

test("a crash takes the whole pool, and the next call has a new one", async () => {
  page({ isolated: true });
  await init({ threads: 2 });
  await assert.rejects(decode(toy({ act: "exit" })), code("unavailable.worker"));
  assert.deepEqual(
    net.workers.map((w) => w.alive),
    [false, false],
  );
  assert.equal((await decode(toy())).width, 8);
});

test("a trap in a thread of the pool ends the job that waits for it, with its own code", async () => {
  page({ isolated: true });
  await init({ threads: 3 });
  await assert.rejects(decode(toy({ act: "thread" })), (e) => code("internal.bug")(e) && /unreachable/.test(e.message));
  assert.deepEqual(
    net.workers.map((w) => w.alive),
    [false, false, false],
  );
  assert.equal((await decode(toy(tall))).height, 37);
  assert.equal(net.workers.filter((w) => w.alive).length, 3);
});

test("encode loads its own module, when it is first called", async () => {
  await decode(toy());
  const data = new Uint8ClampedArray(2 * 2 * 4).fill(3);
  const { rest, sum } = parse(await encode({ data, width: 2, height: 2 }, { quality: 60, icc: new Uint8Array([9]), orientation: 6 }));
  assert.deepEqual(rest, [2, 2, 4, 8, { quality: 60 }, 6, [9], [], 2 ** 31 - 1, null, null, 1]);
  assert.equal(sum, 48);
  assert.equal(data.length, 16, "the caller's pixels stay his");
  assert.deepEqual(net.urls, ["decoder-simd.wasm", "encoder-simd.wasm"]);
});

test("16-bit samples, channels from the length", async () => {
  const { rest } = parse(await encode({ data: new Uint16Array(2 * 3 * 3), width: 2, height: 3 }));
  assert.deepEqual(rest.slice(0, 5), [2, 3, 3, 16, {}]);
});

test("without shared memory one instance codes a picture, whatever the number of workers", async () => {
  await init({ threads: 2 });
  const data = new Uint8Array(2 * 10 * 4).fill(255);
  const { rest } = parse(await encode({ data, width: 2, height: 10 }, { exif: new Uint8Array([5]) }));
  assert.deepEqual(rest, [2, 10, 4, 8, {}, 0, [], [5], 2 ** 31 - 1, null, null, 1]);
  const both = await Promise.all([1, 2].map((quality) => encode({ data, width: 2, height: 10 }, { quality })));
  assert.deepEqual(
    both.map((bytes) => parse(bytes).rest[4].quality),
    [1, 2],
  );
});

test("with shared memory the pool codes it", async () => {
  page({ isolated: true });
  await init({ threads: 3 });
  const picture = { data: new Uint8Array(12), width: 2, height: 2 };
  assert.equal(parse(await encode(picture)).rest.at(-1), 3);
  assert.equal(parse(await encode(picture, { threads: 2 })).rest.at(-1), 2);
});

test("pictures that encode refuses", async () => {
  await assert.rejects(encode({ data: new Uint8Array(48), width: 4, height: 4 }, { maxBytes: 47 }), code("limit.memory"));
  for (const image of [undefined, {}, { data: [1], width: 1, height: 1 }, { data: new Float32Array(1), width: 1, height: 1 }])
    await assert.rejects(encode(image), code("param.type"));
  for (const size of [5, 10, 4.5]) await assert.rejects(encode({ data: new Uint8Array(12), width: size, height: 2 }), code("param.shape"));
  for (const options of [{ quality: 101 }, { orientation: 9 }, { threads: 0 }]) {
    await assert.rejects(encode({ data: new Uint8Array(12), width: 2, height: 2 }, options), code("param.range"));
  }
});

test("options of the profile go to the core as they are, and its words about them come back", async () => {
  const picture = { data: new Uint8Array(2 * 10 * 4), width: 2, height: 10 };
  await assert.rejects(encode(picture, { sharpness: 3 }), (e) => code("param.unknown")(e) && /"sharpness"/.test(e.message));
  const { rest } = parse(await encode(picture, { tile: 5, tune: "psnr", targetPsnr: 40.5, lossless: undefined }));
  assert.deepEqual(rest[4], { tile: 5, tune: "psnr", targetPsnr: 40.5 });
});
