// vaerans/pipe on the real module, held to what Python makes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { api, bands, cases, codeOf, dist, inputs, known, latent, latentShape, sha256, skip, world } from "./pipe-kit.mjs";

const camel = (params) => Object.fromEntries(Object.entries(params).map(([key, value]) => [key.replace(/_(.)/g, (_, c) => c.toUpperCase()), value]));

describe("pipes", { skip }, () => {
  const { ANSEncode, Dequantize, GaussianBlur, Hadamard4, MetricPSNR, QuantizeU8, System, WaveletCDF53, World, YCoCgR } = api;

  test("the formulas give Python's samples", () => {
    for (const [name, { sha256: expected }] of Object.entries(inputs)) assert.equal(sha256(known[name][0]), expected, name);
  });

  for (const [variant, isa] of [
    ["simd", "simd128"],
    ["base", "scalar"],
  ]) {
    const wasm = skip || readFileSync(new URL(`wasm/pipe-${variant}.wasm`, dist));
    for (const [name, { inputs: given, steps, out, expected }] of Object.entries(cases)) {
      test(`${name}, ${variant}: Python's bytes`, async () => {
        const [w, eid] = await world(given, { wasm, arenaBytes: 16 << 20 });
        assert.equal(w.isa, isa);
        const pipe = w.pipe(eid);
        for (const [system, params, ...key] of steps) pipe.to(new api[system](camel(params)), ...key);
        assert.equal(pipe.describe(), expected.plan);
        const handle = pipe.out(out ?? undefined);
        assert.deepEqual([handle.key, handle.dtype, handle.shape], [expected.key, expected.dtype, expected.shape]);
        if ("value" in expected) assert.equal(handle.item(), expected.value);
        assert.equal(sha256(handle.bytes()), expected.sha256);
        if (handle.key !== "Bitstream") assert.equal(sha256(handle.data), expected.sha256);
        w.dispose();
      });
    }
  }

  test("every system of the registry has a class of its name, and nothing else has", async () => {
    const rows = await api.registry();
    const names = rows.flatMap(({ name, inverse }) => (inverse ? [name, inverse] : [name]));
    const classes = Object.keys(api).filter((name) => api[name].prototype instanceof System);
    assert.deepEqual(classes.sort(), names.sort());
    for (const { name, inverse } of rows) {
      assert.equal(new api[name]().name, name);
      if (inverse) assert.equal(api[name].inverse().name, inverse);
    }
    const apart = rows.filter(({ runsHere }) => !runsHere).map(({ name }) => name);
    assert.deepEqual(apart, ["OnnxVAEEncode", "PILVAEEncode", "VAEEncode", "LayeredVAEEncode", "PredictEncode"]);
    assert.equal(QuantizeU8.dequantize().name, "Dequantize");
    assert.equal(Hadamard4.name, "Hadamard4");
  });

  test("a file decodes in another world, and in the decoder", async () => {
    const [w, eid] = await world();
    const file = bands(w.pipe(eid)).out("Bitstream").bytes();
    const { decode } = await import(new URL("node.js", dist));
    const picture = await decode(file);
    const other = await World.create();
    const opened = other.spawnBitstream(file);
    const back = other
      .pipe(opened)
      .to(new api.ANSDecode())
      .to(new Dequantize())
      .to(WaveletCDF53.inverse({ levels: 3 }))
      .to(Hadamard4.inverse())
      .out();
    assert.equal(back.key, "Latent4");
    assert.deepEqual(back.data, picture.data);
    assert.ok(back.data.every((v, i) => Math.abs(v - latent[i]) < 0.2));
  });

  test("a coded stream is a file under any key; streams after one that is not coded are not left out", async () => {
    const [w, eid] = await world();
    bands(w.pipe(eid)).run();
    const named = w.pipe(eid).use("SymbolsU8").to(new ANSEncode(), "Mine").out();
    assert.deepEqual([named.key, named.kind], ["Mine", "Bitstream"]);
    assert.equal((await World.create()).spawnBitstream(named.bytes()), 1);
    assert.equal(
      codeOf(() => w.component(eid, "Latent4").bytes(named)),
      "pipe.not_saveable",
    );
  });

  test("pictures come in by their shape; of ImageData too", async () => {
    const w = await World.create();
    const [data, [height, width]] = known.picture;
    const eid = w.spawnImage({ data, width, height });
    assert.deepEqual(w.component(eid, "RGB").shape, [176, 203, 3]);
    assert.deepEqual(w.component(eid, "RGB").data, data);
    const drawn = w.spawnImage({ data: new Uint8ClampedArray(16), width: 2, height: 2, colorSpace: "srgb" });
    assert.deepEqual(w.component(drawn, "RGB").shape, [2, 2, 4]);
    assert.deepEqual([w.stats().copies, w.stats().copiedBytes], [2, data.length + 16]);
    assert.equal(
      codeOf(() => w.spawnImage({ data, width: 10, height: 10, channels: 3 })),
      "param.shape",
    );
    assert.equal(
      codeOf(() => w.spawnImage({ data: new Float32Array(3), width: 1, height: 1 })),
      "param.dtype",
    );
    assert.equal(
      codeOf(() => w.spawnImage({ data: [1, 2, 3], width: 1, height: 1 })),
      "param.type",
    );
    assert.equal(
      codeOf(() => w.spawnImage({ data: new Uint8Array(0), width: 0, height: 1, channels: 1 })),
      "data.empty",
    );
  });

  test("elements come out as the array that they came in", async () => {
    const w = await World.create({ arenaBytes: 1 << 20 });
    const eid = w.newEntity();
    const through = (data, shape = [data.length]) => {
      w.put(eid, "Mine", data, shape, "Foreign");
      return w.component(eid, "Mine");
    };
    const numbers = [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array];
    const all = [...numbers.map((type) => type.of(1, 2, 100)), BigInt64Array.of(-(2n ** 62n), 5n), BigUint64Array.of(2n ** 63n, 5n)];
    for (const data of all) {
      const { data: back, dtype } = through(data);
      assert.deepEqual(back, data);
      assert.equal(dtype, data.constructor.name.replace(/Big|Array/g, "").toLowerCase());
    }
    const own = globalThis.Float16Array;
    const half = Uint16Array.of(0x3c00, 0xc000); // 1, -2
    try {
      // Of an engine that has it, or one that looks so from outside.
      const Half = (globalThis.Float16Array =
        own ??
        class Float16Array extends Uint16Array {
          get [Symbol.toStringTag]() {
            return "Float16Array";
          }
        });
      const handle = through(new Half(half.buffer));
      assert.deepEqual([handle.dtype, handle.data.constructor, handle.data.length], ["float16", Half, 2]);
      const bits = through(new Half(half.buffer));
      globalThis.Float16Array = undefined;
      assert.deepEqual([bits.dtype, bits.data], ["float16", half]);
    } finally {
      globalThis.Float16Array = own;
      if (!own) delete globalThis.Float16Array;
    }
    w.dispose();
  });

  test("what comes out lies in memory of its own, not in that of wasm", async () => {
    const [w, eid] = await world();
    const handle = bands(w.pipe(eid)).out("Bitstream");
    for (const array of [handle.data, handle.bytes(), w.component(eid, "YUVW4").data]) assert.equal(array.buffer.byteLength, array.byteLength);
    const { data } = w.component(eid, "Latent4");
    data.fill(0);
    assert.deepEqual(w.component(eid, "Latent4").data, latent);
  });

  test("branches: select, fork, names of results, lists of entities", async () => {
    const [w, eid] = await world(["picture"]);
    const pipe = w.pipe(eid).to(new YCoCgR());
    const fork = pipe
      .fork()
      .select("RGB")
      .to(new GaussianBlur({ sigma: 2 }), "Soft");
    assert.equal(fork.out().key, "Soft");
    assert.equal(pipe.out().key, "Planes");
    assert.equal(w.trace().filter(({ system }) => system === "YCoCgR").length, 1);
    const blurred = w.pipe(eid).use("RGB").to(new GaussianBlur(), "ReconRGB").to(new MetricPSNR()).out("PSNR");
    assert.ok(blurred.item() > 10 && blurred.item() < 60);
    const more = [w.newEntity(), w.newEntity()];
    for (const one of more) w.put(one, "Latent4", ...known.latent);
    const many = bands(w.pipe(more));
    const handles = many.out("Bitstream");
    assert.equal(handles.length, 2);
    assert.equal(sha256(handles[1].bytes()), cases["quick start"].expected.sha256);
    const third = w.newEntity();
    w.put(third, "Latent4", ...known.latent);
    w.despawn(more[0]);
    w.despawn(more[1]);
    assert.equal(sha256(many.run([third]).out("Bitstream")[0].bytes()), cases["quick start"].expected.sha256);
    assert.deepEqual(w.entities, [eid, third]);
    assert.deepEqual(
      many.systems.map(({ name }) => name),
      ["Hadamard4", "WaveletCDF53", "QuantizeU8", "ANSEncode"],
    );
  });

  test("a trace has a row for each step", async () => {
    const [w, eid] = await world(["latent"], { seed: 7 });
    bands(w.pipe(eid)).run();
    const rows = w.trace();
    assert.deepEqual(
      rows.map(({ system }) => system),
      ["Hadamard4", "WaveletCDF53", "QuantizeU8", "ANSEncode"],
    );
    const { inputShape, inputDtype, outputShape, outputDtype, entities, entropyBits, bytes, isa, seed, params } = rows[2];
    assert.deepEqual([inputShape, inputDtype, outputShape, outputDtype], [latentShape, "float32", latentShape, "uint8"]);
    assert.deepEqual([entities, bytes, isa, seed, params], [1, latent.length, w.isa, 7, 'symbols=256, per="band"']);
    assert.ok(entropyBits > 1 && entropyBits < 8 && rows[0].entropyBits === null);
    w.clearTrace();
    assert.deepEqual(w.trace(), []);
    const [silent, one] = await world(["latent"], { trace: false });
    bands(silent.pipe(one)).run();
    assert.deepEqual(silent.trace(), []);
  });

  test("what is copied out outlives the world, and is a copy", async () => {
    const [w, eid] = await world();
    const handle = w.component(eid, "Latent4");
    const { data } = handle;
    assert.equal(data, handle.data);
    data[0] = 99;
    assert.equal(w.component(eid, "Latent4").data[0], latent[0]);
    assert.equal(data.buffer.byteLength, data.byteLength);
    w.dispose();
    assert.equal(handle.data[1], latent[1]);
    assert.equal(
      codeOf(() => w.newEntity()),
      "pipe.unknown_entity",
    );
    assert.equal(
      codeOf(() => handle.shape),
      "pipe.unknown_entity",
    );
    w.dispose();
  });

  test("1000 rounds leave memory flat", async () => {
    const w = await World.create({ arenaBytes: 1 << 20 });
    const round = (i) => {
      const eid = w.newEntity();
      w.put(eid, "Latent4", latent.subarray(0, 4 * 16 * 24), [4, 16, 24]);
      const pipe = w
        .pipe(eid)
        .to(new Hadamard4())
        .to(new WaveletCDF53({ levels: 2 }))
        .to(new QuantizeU8({ perBand: true }));
      pipe.out("SymbolsU8").bytes();
      pipe.fork().describe();
      if (i % 10 === 0) pipe.to(new ANSEncode()).out("Bitstream").bytes(); // what it costs is its models
      w.despawn(eid);
    };
    for (let i = 0; i < 1000; i++) round(i); // the trace is full afterwards
    const before = w.stats();
    for (let i = 0; i < 1000; i++) round(i);
    const after = w.stats();
    assert.equal(after.wasmBytes, before.wasmBytes);
    assert.equal(after.arena.used, 0);
    assert.equal(after.arena.peak, before.arena.peak);
    assert.equal(after.entities, 0);
    assert.ok(w.trace().length < 2048);
  });

  test("reset, and worlds that come and go", async () => {
    const [w, eid] = await world();
    const pipe = bands(w.pipe(eid));
    pipe.run();
    w.reset();
    assert.deepEqual([w.entities, w.stats().arena.used, w.stats().arena.resets], [[], 0, 1]);
    assert.equal(
      codeOf(() => pipe.out("Bitstream")),
      "pipe.unknown_entity",
    );
    const [other, one] = await world();
    const kept = bands(other.pipe(one));
    kept.run();
    other.dispose();
    assert.equal(
      codeOf(() => kept.out("Bitstream")),
      "pipe.unknown_entity",
    );
    for (let i = 0; i < 50; i++) (await World.create({ arenaBytes: 32 << 20 })).dispose();
  });
});
