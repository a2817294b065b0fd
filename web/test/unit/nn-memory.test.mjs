// What networks take, against what export said of them: graph.json's `memory` of the folders of tests/nn/folder_fixtures.py.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { readAll } from "../nn/kit.mjs";

const dist = new URL("../../dist/", import.meta.url);
const folders = new URL("../../build/folders/", import.meta.url);
const skip = existsSync(new URL("nn-node.js", dist)) && existsSync(folders) ? false : "web/dist or web/build/folders is not built: make test-web";
const json = (path) => JSON.parse(readFileSync(new URL(path, folders)));

describe("memory of networks", { skip }, async () => {
  if (skip) return;
  const { Engine } = await import(new URL("nn-node.js", dist));

  for (const name of ["mlp", "conv", "types", "wide"]) {
    test(`${name}: as export forecast, part by part, and within 5 % in all`, async () => {
      const { memory } = json(`${name}/graph.json`);
      const engine = new Engine();
      const model = await engine.loadModel(new URL(name, folders));
      const loaded = engine.getMemoryStats();
      await model.forward(readAll(json(`${name}.json`).inputs));
      const { wasmBytes, shared, ...parts } = engine.getMemoryStats();
      const { wasmBytes: forecast, ...expected } = memory;
      assert.deepEqual([parts, shared], [expected, 0]);
      assert.ok(Math.abs(wasmBytes - forecast) <= 0.05 * forecast, `${wasmBytes} for ${forecast}`);
      // Nothing was there twice on the way: memory never shrinks.
      assert.ok(loaded.wasmBytes <= 1.05 * forecast, `${loaded.wasmBytes} after loading`);
      engine.dispose();
      assert.equal(engine.getMemoryStats().wasmBytes, 0);
    });
  }

  test("50 rounds of load, run and dispose: each takes what the first took, and the process gets it back", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc");
    const inputs = readAll(json("wide.json").inputs);
    const engine = new Engine();
    const sizes = new Set();
    let held = 0;
    for (let i = 0; i < 50; i++) {
      const model = await engine.loadModel(new URL("wide", folders));
      await model.forward(inputs);
      sizes.add(engine.getMemoryStats().wasmBytes);
      model.dispose();
      collect();
      if (i === 9) held = process.memoryUsage().rss;
    }
    assert.equal(sizes.size, 1, `${[...sizes]}`);
    const [one] = sizes;
    const more = process.memoryUsage().rss - held;
    assert.ok(more < 10 * one, `40 rounds left ${more} bytes; one takes ${one}`);
  });
});
