// vaerans/pipe on the real module: whatever is passed in, a VaeransError with a code, no memory of wasm lost, the world lives on.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";

const entry = new URL("../../dist/pipe-node.js", import.meta.url);
const skip = existsSync(entry) ? false : "web/dist has no pipes: make wasm, npm run build";
const known = new Set([...readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8").matchAll(/^\| `([a-z_.]+)`/gm)].map((m) => m[1]));

describe("arguments of pipes", { skip }, async () => {
  if (skip) return;
  const { GaussianBlur, Hadamard4, Handle, System, VaeransError, World, registry } = await import(entry);
  const detached = () => {
    const bytes = new Uint8Array(64);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    return bytes;
  };
  const WRONG = [null, 1e9, 5n, NaN, "x", Symbol("s"), true, () => {}, {}, [], new Float32Array(3), new Map()];
  const texts = ["x"];

  /** Every wrong value in every place: [what is called, values that are right there]. */
  const calls = (w, eid, pipe, latent) => ({
    spawnImage: [(v) => w.spawnImage(v), []],
    "spawnImage data": [(v) => w.spawnImage({ data: v, width: 1, height: 1 }), [WRONG[10]]],
    "spawnImage width": [(v) => w.spawnImage({ data: latent, width: v, height: 1 }), []],
    spawnBitstream: [(v) => w.spawnBitstream(v), []],
    "put eid": [(v) => w.put(v, "Latent4", latent, [4, 2, 2]), []],
    "put key": [(v) => w.put(eid, v, latent, [4, 2, 2], "Latent"), texts],
    "put data": [(v) => w.put(eid, "Latent4", v, [4, 2, 2]), []],
    "put shape": [(v) => w.put(eid, "Latent4", latent, v), []],
    "put axis": [(v) => w.put(eid, "Latent4", latent, [v, 4]), []],
    "put kind": [(v) => w.put(eid, "Mine", latent, [4, 2, 2], v), []],
    "component eid": [(v) => w.component(v, "Latent4"), []],
    "component key": [(v) => w.component(eid, v), []],
    "component step": [(v) => w.component(eid, "Latent4", v), []],
    versions: [(v) => w.versions(v), []],
    despawn: [(v) => w.despawn(v), []],
    pipe: [(v) => w.pipe(v).to(new Hadamard4()).out(), [WRONG[9]]],
    "pipe list": [(v) => w.pipe([eid, v]).to(new Hadamard4()).out(), [WRONG[9]]],
    to: [(v) => pipe().to(v), []],
    "to system": [(v) => pipe().to(new System(v)), []],
    "to out": [(v) => pipe().to(new Hadamard4(), v), texts],
    "to parameter": [(v) => pipe().to(new GaussianBlur({ sigma: v })), [null]],
    select: [(v) => pipe().select(v).to(new Hadamard4()).out(), []],
    out: [(v) => pipe().to(new Hadamard4()).out(v), []],
    run: [(v) => pipe().run(v), [WRONG[9]]],
    bytes: [(v) => new Handle(w.core, eid, "Bitstream", -1).bytes(v), []],
  });

  test("a code for each, the world goes on with the memory it had", async () => {
    const w = await World.create({ arenaBytes: 1 << 20, trace: false });
    const latent = new Float32Array(16).map((_, i) => i / 16);
    const round = () => {
      const eid = w.newEntity();
      w.put(eid, "Latent4", latent, [4, 2, 2]);
      for (const [name, [call, right]] of Object.entries(calls(w, eid, () => w.pipe(eid), latent))) {
        for (const value of WRONG.filter((value) => !right.includes(value))) {
          const what = `${name}: ${String(Object.prototype.toString.call(value))} ${typeof value}`;
          assert.throws(
            () => call(value),
            (error) =>
              (error instanceof VaeransError && known.has(error.code) && !/^internal/.test(error.code)) || assert.fail(`${what}: ${error?.stack ?? error}`),
            what,
          );
        }
      }
      assert.throws(() => w.put(eid, "Latent4", detached(), [4, 2, 2]), { code: "param.type" });
      assert.throws(() => w.spawnBitstream(detached()), { code: "param.type" });
      assert.throws(() => w.spawnBitstream(detached().buffer), { code: "param.type" });
      assert.throws(() => w.spawnBitstream(new ArrayBuffer(0)), { code: "stream.truncated" });
      assert.deepEqual(w.component(eid, "Latent4").data, latent);
      w.despawn(eid); // pipes are freed with their entity
    };
    for (let i = 0; i < 3; i++) round();
    const { wasmBytes } = w.stats();
    for (let i = 0; i < 100; i++) round();
    assert.equal(w.stats().wasmBytes, wasmBytes);
    w.dispose();
  });

  test("options of create and registry", async () => {
    for (const options of [
      null,
      5,
      "x",
      { arenaBytes: "1" },
      { arenaBytes: -1 },
      { arenaBytes: 2 ** 40 },
      { arenaBytes: NaN },
      { arenaBytes: Symbol("s") },
      { seed: 1.5 },
      { trace: "no" },
      { wasm: 5 },
      { wasm: "x" },
      { wasm: new Uint8Array(9) },
      { wasm: Symbol("s") },
    ]) {
      const error = await World.create(options).then(
        () => assert.fail(`${String(Object.values(Object(options))[0])} is taken`),
        (error) => error,
      );
      assert.ok(error instanceof VaeransError && /^(param\.(type|range)|unavailable\.wasm)$/.test(error.code), `${error?.stack ?? error}`);
    }
    await assert.rejects(World.create({ arenaBytes: 2 ** 31 }), { code: "limit.memory" });
    await assert.rejects(registry({ wasm: new Uint8Array(3) }), { code: "unavailable.wasm" });
    assert.ok((await registry(null)).length > 5);
  });

  test("handles of another entity or world are refused", async () => {
    const [one, other] = [await World.create({ arenaBytes: 1 << 20 }), await World.create({ arenaBytes: 1 << 20 })];
    const handles = [one, other].map((w) => {
      const eid = w.newEntity();
      w.put(eid, "Bitstream", new Uint8Array(4), [4]);
      return w.component(eid, "Bitstream");
    });
    assert.throws(() => handles[0].bytes(handles[1]), { code: "param.type" });
  });
});
