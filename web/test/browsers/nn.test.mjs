/** vaerans/nn in the three browsers: the bits of the native engine, what is fetched and kept, faults, memory that comes back. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { oneFile } from "../nn/kit.mjs";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { serve } from "./server.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [dist, networks] = [at("../../dist"), at("../../build/nn")];
const missing = existsSync(`${dist}/nn.js`) && existsSync(networks) ? "" : "web/dist or web/build/nn is not built: make test-web";
const file = (path) => readFileSync(`${networks}/${path}`);

const PAGE = `<!doctype html><html><head><meta charset="utf-8"><title>networks</title></head><body><script type="module" src="page.js"></script></body></html>`;
const SCRIPT = `
  import * as nn from "/dist/nn.js";
  import * as kit from "/kit/kit.mjs";
  globalThis.workers = new Set();
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...args) { super(...args); workers.add(this); }
    terminate() { super.terminate(); workers.delete(this); }
  };
  const caseOf = async (name) => (await fetch("/models/" + name + "/case.json")).json();
  /** How far a model's outputs are from the oracle's, and whether they have the bits of the native engine. */
  const check = async (model, name) => {
    const { inputs, oracle, native } = await caseOf(name);
    const outputs = await model.forward(kit.readAll(inputs));
    const names = Object.keys(oracle);
    return { far: Math.max(...names.map((key) => kit.distance(outputs[key], oracle[key]))), same: names.every((key) => kit.areEqual(outputs[key], native[key])) };
  };
  Object.assign(globalThis, { nn, kit, caseOf, check });`;

/** Half of each model's weights, another model's, a page in place of the plan, half of the plan. */
const broken = () => ({
  "short/plan.bin": file("conv/plan.bin"),
  "short/weights.bin": file("conv/weights.bin").subarray(0, 2000),
  "other/plan.bin": file("conv/plan.bin"),
  "other/weights.bin": file("mlp/weights.bin"),
  "html/weights.bin": file("conv/weights.bin"),
  "html/plan.bin": file("conv/plan.bin"),
  "cut/plan.bin": file("conv/plan.bin").subarray(0, 150),
  "cut/weights.bin": file("conv/weights.bin"),
  "plans/plan.bin": file("conv/plan.bin"),
});

for (const name of BROWSERS) {
  describe(name, { skip: missing || whyNot(name), timeout: 600_000 }, () => {
    let browser, server, page;
    before(async () => {
      const files = { "index.html": PAGE, "page.js": SCRIPT };
      const one = oneFile(readFileSync(`${dist}/wasm/engine-simd.wasm`), file("conv/plan.bin"), file("conv/weights.bin"));
      const shared = { isolated: true };
      server = await serve({
        "/": { files, csp: true },
        "/isolated/": { files, isolated: true, csp: true },
        "/dist/": { folder: dist, ...shared },
        "/kit/": { folder: at("../nn"), ...shared },
        "/models/": { folder: networks, ...shared },
        "/one/": { files: { "model.wasm": Buffer.from(one) }, ...shared },
        "/broken/": { files: broken(), fault: (path) => path.endsWith("html/plan.bin") && { html: true } },
        "/slow/": { folder: networks, fault: (path) => path.endsWith("weights.bin") && { trickle: { bytes: 40, ms: 100 } } },
      });
      browser = await launch(name);
      page = await browser.open(`${server.origin}/`);
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    /** Runs `work` in a fresh page; afterwards no worker is left. */
    async function inPage(work, arg, path = "/") {
      await page.goto(server.origin + path);
      await page.evaluate(async () => {
        while (!globalThis.check) await new Promise((resolve) => setTimeout(resolve, 10));
      });
      server.clear();
      const got = await page.evaluate(work, arg);
      assert.equal(await page.evaluate(async () => workers.size), 0, "workers are left");
      return got;
    }
    const fetched = (end) => server.paths().filter((path) => path.endsWith(end));

    for (const [model, options, mode] of [
      ["mlp", {}, "strict"],
      ["conv", {}, "strict"],
      ["types", {}, "strict"],
      ["conv", {}, "fast"],
      ["conv", { simd: false }, "strict"],
      ["conv", { worker: false }, "strict"],
    ]) {
      test(`${model}, ${JSON.stringify(options)}, ${mode}`, async () => {
        const got = await inPage(
          async ({ model, options, mode }) => {
            const engine = new nn.Engine();
            await engine.init(options);
            const loaded = await engine.loadModel(`models/${model}`, { mode });
            const answer = {
              ...(await check(loaded, model)),
              ...loaded.info(),
              stats: engine.getMemoryStats(),
              json: JSON.stringify(await engine.forward((await caseOf(model), kit.readAll((await caseOf(model)).inputs)))),
            };
            engine.dispose();
            return { ...answer, left: engine.getMemoryStats().wasmBytes };
          },
          { model, options, mode },
        );
        assert.ok(got.far <= 1e-4 && (mode === "fast" || got.same), JSON.stringify(got));
        assert.equal(got.worker, options.worker !== false, got.reason);
        assert.equal(fetched(".wasm").length, 1, fetched(".wasm"));
        const variants = options.simd === false ? ["base"] : mode === "fast" ? ["simd", "relaxed"] : ["simd"];
        assert.ok(variants.includes(got.variant) && fetched(".wasm")[0].endsWith(`engine-${got.variant}.wasm`), `${got.variant} ${fetched(".wasm")}`);
        assert.ok(got.stats.parameters > 0 && got.stats.wasmBytes < 3e6 && got.left === 0, JSON.stringify(got.stats));
        assert.match(got.json, /^\{"\w+":\[/);
      });
    }

    test("two threads where the page is isolated; elsewhere one, and why", async () => {
      for (const path of ["/isolated/", "/"]) {
        const got = await inPage(
          async () => {
            const engine = new nn.Engine();
            await engine.init({ threads: 2 });
            const model = await engine.loadModel("/models/conv");
            const answer = { ...(await check(model, "conv")), ...engine.info(), shared: engine.getMemoryStats().shared };
            engine.dispose();
            return answer;
          },
          null,
          path,
        );
        const isShared = path !== "/" && name !== "webkit";
        assert.ok(got.same, JSON.stringify(got));
        assert.deepEqual([got.sharedMemory, got.threads, got.shared > 0], [isShared, isShared ? 2 : 1, isShared], JSON.stringify(got));
        if (!isShared) assert.match(got.reason, /one thread: (the page is not cross-origin isolated|this browser has no SharedArrayBuffer)/);
      }
    });

    test("one file with the engine in it: nothing else is fetched", async () => {
      const got = await inPage(async () => {
        const byUrl = await nn.loadModel("one/model.wasm");
        const byBytes = await nn.loadModel(await (await fetch("one/model.wasm")).arrayBuffer());
        const answers = [await check(byUrl, "conv"), await check(byBytes, "conv")];
        byUrl.dispose();
        byBytes.dispose();
        return answers;
      });
      assert.ok(
        got.every(({ same }) => same),
        JSON.stringify(got),
      );
      assert.deepEqual(
        fetched(".wasm").filter((path) => path !== "/one/model.wasm"),
        [],
      );
    });

    test("weights are fetched once: a later load has them from the cache, unless the plan names others", async () => {
      // WebKitGTK forgets what a cache holds when a page is left, in sessions such as the driver's, and keeps nothing more in it.
      const visit = name === "webkit" ? (work, arg) => (server.clear(), page.evaluate(work, arg)) : inPage;
      await inPage(async () => {
        await caches.delete("vaerans-weights");
        globalThis.cache = await caches.open("vaerans-weights");
      });
      const load = () =>
        visit(async () => {
          const model = await nn.loadModel("models/conv");
          const { same } = await check(model, "conv");
          model.dispose();
          const cache = await caches.open("vaerans-weights");
          for (let tries = 0; tries < 100 && !(await cache.keys()).length; tries++) await new Promise((go) => setTimeout(go, 20));
          await new Promise((go) => setTimeout(go, 100)); // what replaces another is there a moment later
          return same;
        });
      const loads = async (times, why) => {
        assert.ok(await load(), why);
        assert.equal(fetched("weights.bin").length, times, why);
      };
      await loads(1, "at first");
      await loads(0, "again");
      for (const tag of ["none", "same"]) {
        // Weights of an earlier release of the model; then the right name over the wrong bytes.
        await visit(async (tag) => {
          const cache = await caches.open("vaerans-weights");
          const [key] = await cache.keys();
          const headers = new Headers((await cache.match(key)).headers);
          if (tag === "none") headers.set("x-vaerans-source", tag);
          await cache.put(key, new Response(new Uint8Array(4224), { headers }));
        }, tag);
        await loads(1, tag);
        await loads(0, `after ${tag}`);
      }
    });

    test("what is wrong with a model's files has a code", async () => {
      const got = await inPage(async () => {
        const answers = {};
        for (const what of ["short", "other", "html", "cut", "plans", "nothing"]) [answers[what]] = await kit.attempt(() => nn.loadModel(`broken/${what}`));
        return answers;
      });
      assert.deepEqual(got, {
        short: "model.weights",
        other: "model.weights",
        html: "stream.network",
        cut: "model.plan",
        plans: "stream.network",
        nothing: "stream.network",
      });
    });

    test("abort in the middle of the weights: the reason, and the connection is let go", async () => {
      const got = await inPage(async () => {
        const stop = new AbortController();
        const told = [];
        // Not with the first bytes, when the engine may still be on its way: nothing but the weights is waited for.
        const onProgress = (one) => told.push(one) === 4 && stop.abort("enough");
        const reason = await nn.loadModel("slow/conv", { signal: stop.signal, onProgress }).catch((reason) => reason);
        return { reason, told };
      });
      assert.equal(got.reason, "enough");
      assert.ok(got.told.at(-1).loaded < 4224 && got.told.at(-1).total === 4224, JSON.stringify(got.told));
      assert.deepEqual(await server.ended("/slow/conv/weights.bin"), ["let go"]);
    });

    test("50 rounds of load, run and dispose take what the first took, and leave no worker", async () => {
      const got = await inPage(async () => {
        const sizes = new Set();
        for (let i = 0; i < 50; i++) {
          const model = await nn.loadModel("models/conv");
          if (i % 10 === 0 && !(await check(model, "conv")).same) throw new Error("other bits");
          await model.forward(new Float32Array(3 * 4 * 4), {}).catch(() => {}); // two extents are open: refused
          await model.forward({ data: new Float32Array(3 * 64 * 64), shape: [1, 3, 64, 64] });
          sizes.add(model.getMemoryStats().wasmBytes);
          model.dispose();
        }
        return [...sizes];
      });
      assert.equal(got.length, 1, `${got}`);
      assert.ok(got[0] < 4e6);
    });
  });
}
