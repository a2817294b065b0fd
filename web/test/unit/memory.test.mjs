// The real modules with too little memory, and with a fault in them: in a page's worker and on the calling thread.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, afterEach, describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { limited, trapping } from "./hostile.mjs";
import { code, net, page, pause } from "./page.mjs";

const dist = new URL("../../dist/", import.meta.url);
const golden = new URL("../../../tests/golden/", import.meta.url);
const skip = existsSync(new URL("pipe-node.js", dist)) ? false : "web/dist is not built: make wasm, npm run build";
const wasm = (name) => readFileSync(new URL(`wasm/${name}-simd.wasm`, dist));
const photo = (width, height) => ({ data: new Uint8Array(width * height * 3).map((_, i) => (i * 7919) >> 3), width, height });
const MB = 16; // pages

describe("too little memory, and faults", { skip }, async () => {
  if (skip) return;
  page();
  const inPage = await import(new URL("index.js", dist));
  const inNode = await import(new URL("node.js", dist));
  const { World } = await import(new URL("pipe-node.js", dist));
  const small = await inNode.encode(photo(101, 75));
  const large = await inNode.encode(photo(1500, 1000), { quality: 90 });
  const exact = await inNode.encode(photo(1500, 1000), { lossless: true });
  inNode.dispose();
  const unhandled = [];
  process.on("unhandledRejection", (error) => unhandled.push(error));
  afterEach(() => assert.deepEqual(unhandled.splice(0), []));
  after(() => inPage.dispose());

  for (const [where, { decode, decodeProgressive, dispose, encode, getMemoryStats, info, init }] of Object.entries({
    "a worker": inPage,
    "the calling thread": inNode,
  })) {
    test(`${where}: memory that does not grow is limit.memory, and the next call is served`, async () => {
      for (const size of [1.25 * MB, 2.5 * MB, 5 * MB, 10 * MB]) {
        page();
        await init({ wasm: { decoder: limited(wasm("decoder"), size), encoder: limited(wasm("encoder"), size) } });
        await assert.rejects(decode(large), code("limit.memory"));
        await assert.rejects(decode(new Uint8Array(20e6)), code("limit.memory"));
        await assert.rejects(
          decodeProgressive(new Blob([large]), () => {}),
          code("limit.memory"),
        );
        await assert.rejects(encode(photo(1500, 1000)), code("limit.memory"));
        await assert.rejects(encode({ ...photo(1500, 1000), data: new Uint16Array(4.5e6) }, { lossless: true }), code("limit.memory"));
        assert.equal((await info(small)).width, 101);
        if (size > 2 * MB) {
          assert.equal((await decode(small)).width, 101);
          assert.ok((await encode(photo(40, 30))).length > 0);
        }
        assert.ok(net.workers.filter((worker) => worker.alive).length <= 2, "workers that were spoilt live on");
        dispose();
      }
    });

    test(`${where}: what a call let go is used by the next, and by what follows in the same call`, async () => {
      page();
      await init();
      const bytesOf = (name) => getMemoryStats().instances.find(({ module }) => module === name).wasmBytes;
      const picture = photo(1500, 1000);
      const [pixels, own] = [1.5e6, 2 ** 21];
      for (const [name, most, work] of [
        ["decoder", 32, () => decode(large)],
        ["encoder", 72, () => encode(picture, { quality: 90 })],
      ]) {
        await work();
        const bytes = bytesOf(name);
        assert.ok(bytes < most * pixels + own, `${name}: ${((bytes - own) / pixels).toFixed(1)} bytes a pixel`);
        await work();
        assert.equal(bytesOf(name), bytes);
      }
      dispose();
    });

    test(`${where}: no memory even to start is limit.memory`, async () => {
      page();
      await assert.rejects(init({ wasm: limited(wasm("decoder"), 0) }), (error) => /^(limit\.memory|unavailable\.wasm)$/.test(error.code));
      assert.deepEqual([getMemoryStats().instances, net.workers.filter((worker) => worker.alive)], [[], []]);
      dispose();
    });

    test(`${where}: a trap is internal.bug, and another instance takes over`, async () => {
      page();
      await init({ wasm: { decoder: trapping(wasm("decoder"), "decode"), encoder: trapping(wasm("encoder"), "encode") } });
      for (let i = 0; i < 3; i++) {
        await assert.rejects(decode(small), (error) => code("internal.bug")(error) && /unreachable.*replaced/.test(error.message));
        assert.deepEqual(
          getMemoryStats().instances.filter(({ module }) => module === "decoder"),
          [],
        );
        assert.equal((await info(small)).width, 101);
      }
      await assert.rejects(encode(photo(40, 30)), code("internal.bug"));
      assert.ok(net.workers.filter((worker) => worker.alive).length <= 2);
      dispose();
    });

    test(`${where}: what the arenas hold is told`, async () => {
      page();
      await init({});
      await decode(exact);
      const [{ wasmBytes, arenaBytes }] = getMemoryStats().instances;
      // At least the samples of the largest tile, and no more than there is.
      assert.ok(arenaBytes > 1500 * 1000 * 3 && arenaBytes < wasmBytes && arenaBytes <= 64 * 2 ** 20, `${arenaBytes} of ${wasmBytes}`);
      dispose();
      assert.equal(getMemoryStats().arenaBytes, 0);
    });
  }

  test("no instance's memory is reachable after dispose, a trap, or the end of a world", async () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc");
    const memories = [];
    const { Instance } = WebAssembly;
    WebAssembly.Instance = class extends Instance {
      constructor(...args) {
        super(...args);
        memories.push(new WeakRef(this.exports.memory));
      }
    };
    const alive = async () => {
      for (let tries = 0; tries < 5; tries++) (await pause(10), gc());
      return memories.filter((memory) => memory.deref()).length;
    };
    try {
      const { decode, dispose, encode, init } = inNode;
      await init({ wasm: { encoder: trapping(wasm("encoder"), "encode") } });
      await decode(small);
      await decode(readFileSync(new URL("latent.vrn", golden))); // by the module of pipes
      for (let i = 0; i < 3; i++) await assert.rejects(encode(photo(9, 9)), code("internal.bug"));
      const world = await World.create({ arenaBytes: 1 << 20 });
      assert.equal(memories.length, 6);
      assert.equal(await alive(), 2, "the decoder's and the world's alone");
      dispose();
      world.dispose();
      assert.equal(await alive(), 0);
      await init({});
      dispose();
    } finally {
      WebAssembly.Instance = Instance;
    }
  });

  test("pipes: the world says limit.memory or internal.bug, and another one works", async () => {
    const pipes = readFileSync(new URL("wasm/pipe-simd.wasm", dist));
    await assert.rejects(World.create({ wasm: limited(pipes, 40 * MB), arenaBytes: 64 << 20 }), code("limit.memory"));
    const tight = await World.create({ wasm: limited(pipes, 20 * MB), arenaBytes: 1 << 20 });
    assert.throws(() => tight.spawnBitstream(new Uint8Array(30e6)), code("limit.memory"));
    assert.throws(() => tight.newEntity(), code("limit.memory"));
    const broken = await World.create({ wasm: trapping(pipes, "world_spawn_bitstream"), arenaBytes: 1 << 20 });
    assert.throws(() => broken.spawnBitstream(small), code("internal.bug"));
    assert.throws(() => broken.entities, code("internal.bug"));
    await assert.rejects(World.create({ wasm: wasm("decoder") }), code("unavailable.wasm"));
    const good = await World.create({ arenaBytes: 4 << 20 });
    assert.equal(good.newEntity() >= 0, true);
    good.dispose();
  });
});
