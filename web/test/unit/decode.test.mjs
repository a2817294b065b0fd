// decode, info, init, dispose in a worker: what comes back, what is fetched, what bad input gives.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { code, net, page, toy } from "./page.mjs";
import * as vaerans from "./.dist/index.js";

const { decode, info, init, engineInfo, getMemoryStats, dispose, VaeransError } = vaerans;
beforeEach(() => page());
afterEach(() => dispose());

test("decode gives samples, sizes and metadata, off the calling thread", async () => {
  const picture = await decode(toy());
  assert.equal(picture.data.constructor, Uint8Array);
  assert.deepEqual([picture.width, picture.height, picture.channels, picture.dtype, picture.shape], [8, 8, 3, "uint8", [8, 8, 3]]);
  assert.equal(picture.data[24 + 5], 7 + 5);
  assert.deepEqual([...picture.meta.icc], [1, 2, 3]);
  assert.equal(picture.meta.isComplete, true);
  const { worker, threads, sharedMemory, variant, reason } = engineInfo();
  assert.deepEqual([worker, threads, sharedMemory, variant], [true, 1, false, "simd"]);
  assert.match(reason, /in a worker/);
});

test("a page fetches one wasm file and starts one worker for many calls", async () => {
  await Promise.all(Array.from({ length: 5 }, () => decode(toy())));
  await info(toy());
  assert.deepEqual(net.urls, ["decoder-simd.wasm"]);
  assert.deepEqual(
    net.workers.map((w) => w.url),
    ["worker.js"],
  );
});

test("every kind of source, and the caller's bytes stay his", async () => {
  const bytes = toy();
  const inside = new Uint8Array(bytes.length + 9);
  inside.set(bytes, 5);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const sources = [
    shared,
    bytes,
    bytes.buffer,
    new DataView(bytes.buffer),
    inside.subarray(5, 5 + bytes.length),
    new Blob([bytes]),
    new Response(bytes),
    new Blob([bytes]).stream(),
  ];
  for (const source of sources) assert.equal((await decode(source)).data[30], 7 + 6);
  assert.equal(bytes.length, toy().length);
  assert.equal(inside.buffer.byteLength, bytes.length + 9);
});

test("scale and region", async () => {
  const half = await decode(toy(), { scale: 1 / 2 });
  assert.deepEqual([half.width, half.height], [4, 4]);
  const part = await decode(toy(), { region: { x: 0, y: 2, width: 4, height: 3 } });
  assert.deepEqual([part.width, part.height, part.data[0]], [4, 3, 14]);
});

test("16-bit samples stay 16-bit; toImageData makes RGBA of 8", async () => {
  const wide = await decode(toy({ dtype: "uint16", channels: 1 }));
  assert.equal(wide.data.constructor, Uint16Array);
  wide.data.set([65535, 128, 129, 0x8080]);
  assert.deepEqual([...wide.toImageData().data.subarray(0, 16)], [255, 255, 255, 255, 0, 0, 0, 255, 1, 1, 1, 255, 128, 128, 128, 255]);
  const rgb = (await decode(toy())).toImageData();
  assert.deepEqual([...rgb.data.subarray(0, 8)], [0, 1, 2, 255, 3, 4, 5, 255]);
  const greyAlpha = (await decode(toy({ channels: 2 }))).toImageData();
  assert.deepEqual([...greyAlpha.data.subarray(0, 8)], [0, 0, 0, 1, 2, 2, 2, 3]);
  const rgba = await decode(toy({ channels: 4 }));
  assert.equal(rgba.toImageData().data.buffer, rgba.data.buffer);
});

test("every dtype has its typed array; float16 is its bits where the engine has no Float16Array", async () => {
  const own = globalThis.Float16Array;
  const dataOf = async (dtype) => (await decode(toy({ kind: "tensor", dtype, shape: [8, 24] }))).data;
  const arrays = { Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, BigUint64Array, BigInt64Array, Float32Array, Float64Array };
  for (const [name, type] of Object.entries(arrays)) {
    const data = await dataOf(name.replace(/Big|Array/g, "").toLowerCase());
    assert.deepEqual([data.constructor, data.length], [type, 192], name);
  }
  try {
    globalThis.Float16Array = undefined;
    assert.equal((await dataOf("float16")).constructor, Uint16Array);
    globalThis.Float16Array = own ?? class Float16Array extends Uint16Array {};
    assert.equal((await dataOf("float16")).constructor, globalThis.Float16Array);
  } finally {
    globalThis.Float16Array = own;
    if (!own) delete globalThis.Float16Array;
  }
  const { data, dtype, meta } = await decode(toy({ kind: "tensor", dtype: "int64", shape: [8, 24] }));
  assert.deepEqual([typeof data[0], dtype, meta.kind], ["bigint", "int64", "tensor"]);
  const picture = await decode(toy({ dtype: "int64" }));
  assert.throws(() => picture.toImageData(), code("param.dtype"));
});

test("info has JavaScript's names", async () => {
  const header = await info(toy());
  assert.deepEqual([header.width, header.levelBytes, header.isComplete], [8, [10, 20, 40, 80], true]);
});

test("wrong arguments", async () => {
  await assert.rejects(decode("photo.vrn"), code("param.type"));
  await assert.rejects(decode(undefined), code("param.type"));
  for (const scale of [0, 2, 1 / 3, 1 / 128, NaN]) await assert.rejects(decode(toy(), { scale }), code("param.range"));
  for (const region of [{ x: -1, y: 0, width: 1, height: 1 }, { x: 0, y: 0, width: 0, height: 1 }, { x: 0.5, y: 0, width: 1, height: 1 }, {}]) {
    await assert.rejects(decode(toy(), { region }), code("param.range"));
  }
  await assert.rejects(init({ threads: 0 }), code("param.range"));
  const used = new Response(toy());
  await used.arrayBuffer();
  await assert.rejects(decode(used), code("param.type"));
  await assert.rejects(decode(new Response("gone", { status: 404 })), code("stream.network"));
  await assert.rejects(decode(new Blob([toy()]), { maxBytes: 10 }), code("limit.file_size"));
});

test("the codec's errors keep their code", async () => {
  await assert.rejects(decode(new Uint8Array(9).fill(255)), (e) => e instanceof VaeransError && e.code === "stream.magic" && /no toy file/.test(e.message));
  await assert.rejects(decode(toy().subarray(0, 150)), code("stream.truncated"));
  assert.equal(net.workers.length, 1, "an error of the codec costs no worker");
});

test("memory is told; dispose ends the worker and the next call starts anew", async () => {
  await decode(toy());
  assert.deepEqual(getMemoryStats().instances, [{ module: "decoder", wasmBytes: 131072, arenaBytes: 192 }]);
  dispose();
  assert.deepEqual(getMemoryStats(), { wasmBytes: 0, arenaBytes: 0, instances: [] });
  assert.equal(net.workers[0].alive, false);
  await decode(toy());
  assert.equal(net.workers.length, 2);
});

test("init is idempotent and loads ahead", async () => {
  await Promise.all([init(), init(), init({ threads: 4 })]);
  await decode(toy());
  assert.equal(net.workers.length, 1);
  assert.equal(net.urls.length, 1);
});
