// vaerans/nn over the real modules: on the calling thread (Node) and in the workers of a page.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, test } from "node:test";
import { limited, trapping } from "./hostile.mjs";
import { areEqual, distance, oneFile, readAll } from "../nn/kit.mjs";
import { code, net, page, pause } from "./page.mjs";

const dist = new URL("../../dist/", import.meta.url);
const fixtures = new URL("../../build/nn/", import.meta.url);
const skip = existsSync(new URL("nn.js", dist)) && existsSync(fixtures) ? false : "web/dist or web/build/nn is not built: make test-web";
const file = (path) => readFileSync(new URL(path, fixtures));
const caseOf = (name) => JSON.parse(file(`${name}/case.json`));
const url = (name) => new URL(name, fixtures);
const wasm = () => readFileSync(new URL("wasm/engine-simd.wasm", dist));
const bytesOf = (name) => oneFile(wasm(), file(`${name}/plan.bin`), file(`${name}/weights.bin`));

describe("networks", { skip }, async () => {
  if (skip) return;
  page();
  const homes = { "a worker": await import(new URL("nn.js", dist)), "the calling thread": await import(new URL("nn-node.js", dist)) };

  for (const [where, { Engine, VaeransError, WASMTorch, loadModel }] of Object.entries(homes)) {
    describe(where, () => {
      let engine;
      beforeEach(() => (page(), (engine = new Engine())));
      afterEach(() => {
        engine.dispose();
        assert.deepEqual(
          net.workers.filter(({ alive }) => alive),
          [],
        );
        assert.deepEqual(engine.getMemoryStats(), { stack: 0, parameters: 0, activations: 0, scratch: 0, shared: 0, wasmBytes: 0 });
      });

      // A transformer as its operators, and one that PyTorch exported, where that is at hand.
      for (const name of ["mlp", "conv", "types", "rare", "transformer", "text_encoder"].filter((name) => existsSync(new URL(`${name}/case.json`, fixtures)))) {
        for (const options of [{}, { simd: false }]) {
          for (const mode of ["strict", "fast"]) {
            test(`${name}, ${JSON.stringify(options)}, ${mode}: as ONNX Runtime; in strict mode the bits of the native engine`, async () => {
              const { inputs, oracle, native } = caseOf(name);
              await engine.init(options);
              const model = await engine.loadModel(url(name), { mode });
              const outputs = await model.forward(readAll(inputs));
              assert.deepEqual(Object.keys(outputs), Object.keys(oracle));
              for (const [key, output] of Object.entries(outputs)) {
                assert.ok(distance(output, oracle[key]) <= 1e-4, `${key}: ${distance(output, oracle[key])}`);
                if (mode === "strict") assert.ok(areEqual(output, native[key]), key);
              }
              assert.equal(model.info().variant === "base", options.simd === false);
              assert.equal(model.info().worker, where === "a worker");
            });
          }
        }
      }

      test("inputs as an engine takes them: a plain array where the shape follows, tensors, nested arrays, one without its name", async () => {
        const { inputs } = caseOf("mlp");
        const [{ data, shape }] = Object.values(readAll(inputs));
        await engine.loadModel(url("mlp"));
        const nested = Array.from({ length: shape[0] }, (_, i) => [...data.subarray(8 * i, 8 * i + 8)]);
        const whole = new Float32Array([7, ...data, 7]);
        const all = [{ input: data }, { input: { data, shape } }, { input: nested }, data, { data, shape }, nested, whole.subarray(1, 1 + data.length)];
        const [first, ...others] = await Promise.all(all.map((one) => engine.forward(one)));
        for (const other of others) assert.deepEqual(other.logits.data, first.logits.data);
        assert.equal(data.length, 40, "the caller's array stays his");
        const json = JSON.parse(JSON.stringify(first));
        assert.deepEqual([json.logits.length, json.logits[0].length], [5, 3]);
        assert.equal(Math.fround(json.logits[1][2]), first.logits.data[5]);
        assert.equal((await engine.forward([nested[0]])).logits.shape[0], 1);
      });

      test("whole numbers and truth values, as numbers and as typed arrays", async () => {
        const model = await engine.loadModel(url("types"));
        const typed = await model.forward({ ids: new BigInt64Array([3n, 9n]), mask: new Uint8Array([7, 0]) });
        const plain = await model.forward({ ids: [3, 9], mask: [1, 0] });
        assert.deepEqual(typed.out.data, plain.out.data);
        assert.deepEqual([...plain.out.data.subarray(4)], [0, 0, 0, 0]);
        await assert.rejects(model.forward({ ids: [3.5, 9], mask: [1, 0] }), code("param.type"));
      });

      test("outputs into the caller's arrays", async () => {
        const { inputs } = caseOf("mlp");
        const model = await engine.loadModel(url("mlp"));
        const own = new Float32Array(15);
        const { logits, probabilities } = await model.forward(readAll(inputs), { outputs: { logits: own } });
        assert.equal(logits.data, own);
        assert.ok(own.some(Boolean) && probabilities.data !== own);
        for (const [outputs, expected] of [
          [{ logits: new Float32Array(14) }, "param.shape"],
          [{ logits: new Int32Array(15) }, "param.dtype"],
          [{ nothing: own }, "param.unknown"],
          [{ logits: [] }, "param.type"],
        ])
          await assert.rejects(model.forward(readAll(inputs), { outputs }), code(expected));
      });

      test("what is wrong with inputs is said with a code, and the next run is well", async () => {
        const { inputs, native } = caseOf("mlp");
        const model = await engine.loadModel(url("mlp"));
        const eight = new Float32Array(8);
        for (const [given, expected] of [
          [new Float32Array(7), "param.shape"],
          [{ input: { data: eight, shape: [2, 8] } }, "param.shape"],
          [{ input: { data: eight, shape: [1.5, 8] } }, "param.shape"],
          [{ input: { data: eight, shape: [2 ** 40, 8] } }, "param.shape"],
          [{ input: { data: eight, shape: [8] } }, "param.shape"],
          [{ input: { data: eight, shape: Array(9).fill(1) } }, /^(param|model)\.shape$/],
          [{ input: [[1, 2], [3, 4, 5], [6]] }, "param.shape"],
          [new Float64Array(8), "param.dtype"],
          [{ input: eight, other: eight }, "param.unknown"],
          [{ input: "eight" }, "param.type"],
          [{}, "param.shape"],
          [null, "param.type"],
        ])
          await assert.rejects(model.forward(given), ({ code, message }) => assert.match(code, new RegExp(expected), message) ?? true);
        assert.ok(areEqual((await model.forward(readAll(inputs))).logits, native.logits));
        await assert.rejects((await engine.loadModel(url("types"))).forward(eight), code("param.type"));
      });

      test("NaN and infinity go through", async () => {
        const model = await engine.loadModel(url("mlp"));
        const { logits } = await model.forward(new Float32Array(8).fill(NaN));
        assert.ok(logits.data.every(Number.isNaN));
      });

      test("a model in one file: as bytes, and as the answer of a server", async () => {
        const { inputs, native } = caseOf("conv");
        const bytes = bytesOf("conv");
        const copy = bytes.slice();
        for (const source of [bytes, bytes.buffer, new Blob([bytes]), new Response(bytes)]) {
          const model = await engine.loadModel(source);
          assert.ok(areEqual((await model.forward(readAll(inputs))).out, native.out));
        }
        assert.deepEqual(bytes, copy, "the caller's bytes stay his");
        assert.deepEqual(
          net.urls.filter((name) => name.endsWith(".wasm")),
          [],
          "the engine is in the file",
        );
      });

      test("an engine in the file that does not fit gives way to ours", async () => {
        const { inputs, native } = caseOf("conv");
        const alien = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 2, 8, 1, 1, 97, 1, 98, 3, 127, 0]);
        const broken = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 9, 1, 255]);
        for (const inside of [alien, broken]) {
          const model = await engine.loadModel(oneFile(inside, file("conv/plan.bin"), file("conv/weights.bin")));
          assert.ok(areEqual((await model.forward(readAll(inputs))).out, native.out));
        }
      });

      test("damaged files: the code says which", async () => {
        const [plan, weights] = [file("conv/plan.bin"), file("conv/weights.bin")];
        const flipped = (bytes, at) => Uint8Array.from(bytes, (b, i) => (i === at ? b ^ 16 : b));
        for (const [p, w, expected] of [
          [plan.subarray(0, 100), weights, "model.plan"],
          [flipped(plan, 60), weights, "model.plan"],
          [flipped(plan, 8), weights, "model.plan"],
          [new Uint8Array(0), weights, "model.plan"],
          [plan, weights.subarray(0, 999), "model.weights"],
          [plan, flipped(weights, 999), "model.weights"],
          [plan, file("mlp/weights.bin"), "model.weights"],
        ])
          await assert.rejects(engine.loadModel(oneFile(wasm(), p, w)), code(expected));
        const whole = bytesOf("conv");
        for (const cut of [0, 3, 9, 5000, whole.length - 4300, whole.length - 1])
          await assert.rejects(engine.loadModel(whole.subarray(0, cut)), code("model.plan"));
        await assert.rejects(engine.loadModel(wasm()), code("model.plan"));
        await assert.rejects(engine.loadModel(url("nowhere")), code("stream.network"));
        await assert.rejects(engine.loadModel(bytesOf("conv"), { maxBytes: 1000 }), code("limit.file_size"));
        await assert.rejects(engine.loadModel(url("conv"), { maxBytes: 4000 }), code("limit.file_size"));
        await assert.rejects(engine.loadModel(url("conv"), { mode: "quick" }), code("param.range"));
        await assert.rejects(engine.init({ threads: 0 }), code("param.range"));
        assert.equal(engine.getMemoryStats().wasmBytes, 0);
      });

      test("an activation that is too large is refused before it is made, and the model lives", async () => {
        const { inputs, native } = caseOf("conv");
        const model = await engine.loadModel(url("conv"), { maxBytes: 100_000 });
        await assert.rejects(model.forward({ data: new Float32Array(3 * 300 * 300), shape: [1, 3, 300, 300] }), code("limit.memory"));
        assert.ok(areEqual((await model.forward(readAll(inputs))).out, native.out));
      });

      test("memory that does not grow is limit.memory; the model lives, or is loaded again", async () => {
        const { inputs, native } = caseOf("conv");
        await engine.init({ wasm: limited(wasm(), 24) });
        const model = await engine.loadModel(url("conv"));
        for (const side of [120, 1000])
          await assert.rejects(model.forward({ data: new Float32Array(3 * side * side), shape: [1, 3, side, side] }), code("limit.memory"));
        assert.ok(areEqual((await model.forward(readAll(inputs))).out, native.out));
        await engine.init({ wasm: limited(wasm(), 2) });
        await assert.rejects(engine.loadModel(url("conv")), ({ code }) => /^(limit\.memory|unavailable\.wasm)$/.test(code));
      });

      test("a trap is internal.bug, and another instance takes over", async () => {
        await engine.init({ wasm: trapping(wasm(), "network_run") });
        const model = await engine.loadModel(url("mlp"));
        for (let i = 0; i < 2; i++) await assert.rejects(model.forward(new Float32Array(8)), code("internal.bug"));
        assert.ok(net.workers.filter(({ alive }) => alive).length <= 1);
      });

      test("progress, and an end to it", async () => {
        const told = [];
        await engine.loadModel(url("conv"), { onProgress: (one) => told.push(one) });
        assert.equal(told.at(-1).loaded, file("conv/weights.bin").length);
        const stop = new AbortController();
        const loading = engine.loadModel(url("conv"), { signal: stop.signal });
        stop.abort("enough");
        await assert.rejects(loading, (reason) => reason === "enough");
        await assert.rejects(engine.loadModel(url("conv"), { signal: AbortSignal.abort("before") }), (reason) => reason === "before");
        const model = await engine.loadModel(url("mlp"));
        await assert.rejects(model.forward(new Float32Array(8), { signal: AbortSignal.abort("before") }), (reason) => reason === "before");
        assert.equal((await model.forward(new Float32Array(8))).logits.shape[1], 3);
      });

      test("after dispose there is nothing, and it says so", async () => {
        const model = await engine.loadModel(url("mlp"));
        const other = await engine.loadModel(url("conv"));
        other.dispose();
        assert.equal((await engine.forward(new Float32Array(8))).logits.shape[1], 3);
        assert.ok(model.getMemoryStats().parameters > 0);
        model.dispose();
        await assert.rejects(model.forward(new Float32Array(8)), (e) => e instanceof VaeransError && code("unavailable.worker")(e));
        await assert.rejects(engine.forward(new Float32Array(8)), code("param.range"));
        assert.equal(WASMTorch, Engine);
      });

      test("what the models take is told", async () => {
        const { inputs } = caseOf("conv");
        const model = await loadModel(url("conv"));
        await model.forward(readAll(inputs));
        const { stack, parameters, activations, scratch, shared, wasmBytes } = model.getMemoryStats();
        assert.deepEqual([parameters >= 4220, activations >= 14 * 10 * 8 * 4, shared], [true, true, 0]);
        assert.equal(scratch, 4 * (3 * 14 * 10 + 4 * 7 * 5));
        assert.ok(stack > 0 && stack + parameters + activations + scratch <= wasmBytes, `${wasmBytes}`);
        model.dispose();
      });

      test("50 rounds of load, run and dispose: the memory of the process stays where it is", { timeout: 120_000 }, async () => {
        const { inputs } = caseOf("conv");
        const round = async () => {
          const model = await engine.loadModel(url("conv"));
          const { out } = await model.forward(readAll(inputs));
          const { wasmBytes } = model.getMemoryStats();
          model.dispose();
          return [out.shape[1], wasmBytes];
        };
        const first = await round();
        for (let i = 0; i < 49; i++) assert.deepEqual(await round(), first);
      });
    });
  }

  const { Engine } = homes["a worker"];

  test("two models at once have a worker each, and one module between them", async () => {
    page();
    const engine = new Engine();
    const [mlp, conv] = await Promise.all([engine.loadModel(url("mlp")), engine.loadModel(url("conv"))]);
    assert.deepEqual(
      net.workers.map(({ url }) => url),
      ["nn-worker.js", "nn-worker.js"],
    );
    assert.equal(net.urls.filter((name) => name.endsWith(".wasm")).length, 1);
    assert.equal((await mlp.forward(new Float32Array(8))).logits.shape[1], 3);
    conv.dispose();
    assert.equal(net.workers.filter(({ alive }) => alive).length, 1);
    engine.dispose();
  });

  test("operators that few networks have come in a module of their own, which is fetched for a plan that names one", async () => {
    page();
    const engine = new Engine();
    const model = await engine.loadModel(url("rare"));
    assert.deepEqual(
      net.urls.filter((name) => name.endsWith(".wasm")),
      ["engine-simd.wasm", "engine-extra.wasm"],
    );
    assert.equal(net.urls.filter((name) => name === "weights.bin").length, 1);
    assert.equal(model.info().variant, "simd");
    assert.equal(net.workers.length, 1, "the engine that was there takes it");
    net.workers.at(-1).onerror({ message: "gone" });
    await pause(10);
    assert.deepEqual((await model.forward([[5, 1, 2, 9, 0, 3]])).places.toJSON(), [[3, 0, 5]]);
    assert.equal(net.urls.filter((name) => name.endsWith(".wasm")).length, 2);
    await engine.init({ wasm: wasm() });
    await assert.rejects(engine.loadModel(url("rare")), code("model.operator"));
    engine.dispose();
  });

  test("both files as bytes", async () => {
    page();
    const engine = new Engine();
    const { inputs, native } = caseOf("conv");
    const [plan, weights] = [file("conv/plan.bin"), file("conv/weights.bin")];
    const model = await engine.loadModel({ plan, weights });
    assert.ok(areEqual((await model.forward(readAll(inputs))).out, native.out));
    assert.ok(plan.length && weights.length, "the caller's bytes stay his");
    engine.dispose();
  });

  test("threads over shared memory: the same bits, and all of them end", async () => {
    page({ isolated: true });
    const { inputs, native } = caseOf("conv");
    const engine = new Engine();
    await engine.init({ threads: 3 });
    const model = await engine.loadModel(url("conv"));
    assert.ok(areEqual((await model.forward(readAll(inputs))).out, native.out));
    const { variant, threads, sharedMemory } = model.info();
    assert.deepEqual([variant, threads, sharedMemory, net.workers.length], ["threads", 3, true, 3]);
    assert.ok(model.getMemoryStats().shared > 0);
    engine.dispose();
    assert.ok(net.workers.every(({ alive }) => !alive));
  });

  test("threads without isolation: one thread, and why", async () => {
    page();
    const engine = new Engine();
    await engine.init({ threads: 3 });
    const model = await engine.loadModel(url("mlp"));
    const { threads, sharedMemory, reason } = model.info();
    assert.deepEqual([threads, sharedMemory, net.workers.length], [1, false, 1]);
    assert.match(reason, /one thread: the page is not cross-origin isolated/);
    engine.dispose();
  });

  test("a worker that ends takes no model with it: the next run has another", async () => {
    page();
    const engine = new Engine();
    for (const source of [url("mlp"), bytesOf("mlp")]) {
      const model = await engine.loadModel(source);
      const before = await model.forward(new Float32Array(8));
      net.workers.at(-1).onerror({ message: "gone" });
      await pause(10);
      const after = await model.forward(new Float32Array(8));
      assert.deepEqual(after.logits.data, before.logits.data);
    }
    engine.dispose();
  });
});
