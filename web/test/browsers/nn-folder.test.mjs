/** Folders that `vaerans export` writes, in the three browsers: served below a path by any static server, they run, and ask for nothing else. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { serve } from "./server.mjs";

const folders = fileURLToPath(new URL("../../build/folders", import.meta.url));
const missing = existsSync(`${folders}/one.wasm`) ? "" : "web/build/folders is not built: make test-web";
const told = (name) => JSON.parse(readFileSync(`${folders}/${name}.json`));
const NAMES = ["mlp", "conv", "types", "rare", "wide", "plain", "single", "plainrare"];

/** A page beside the folders, as a site has it: what it gives is for `run` to ask. */
const SITE = `<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,"></head><body><script type="module">
  import { loadModel } from "./conv/my_model.js";
  import { readAll } from "/kit/kit.mjs";
  globalThis.site = { loadModel, readAll };
</script></body></html>`;

/** Outputs in the form of the fixtures. */
const encoded = `(outputs) => Object.fromEntries(Object.entries(outputs).map(([name, { dtype, shape, data }]) => {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return [name, { dtype, shape, data: btoa(text) }];
}))`;

/** Names of outputs that are not, to the bit, what they should be. */
const others = (got, folder) =>
  Object.entries(told(folder).outputs)
    .filter(([key, one]) => !isDeepStrictEqual(got[key], one))
    .map(([key]) => key);

for (const name of BROWSERS) {
  describe(name, { skip: missing || whyNot(name), timeout: 400_000 }, () => {
    let browser, server, page;
    before(async () => {
      const kit = { folder: fileURLToPath(new URL("../nn", import.meta.url)), isolated: true };
      server = await serve({
        "/some/site/": { folder: folders },
        "/some/site/index.html": { files: { "index.html": SITE } },
        "/isolated/": { folder: folders, isolated: true },
        "/kit/": kit,
      });
      browser = await launch(name);
      page = await browser.open(`${server.origin}/some/site/index.html`);
      await page.evaluate(`async () => { while (!globalThis.site) await new Promise((go) => setTimeout(go, 10)); }`);
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    /** What the page of a folder shows once it has run. */
    async function opened(path) {
      server.clear();
      await page.goto(server.origin + path);
      return page.evaluate(
        `async () => {
          const text = (id) => document.getElementById(id).textContent;
          for (let tries = 0; tries < 400 && !globalThis.lastOutputs && !text("error"); tries++) await new Promise((go) => setTimeout(go, 25));
          const memory = Array.from(document.querySelectorAll("#memory tr"), (row) => Array.from(row.cells, (cell) => cell.textContent));
          return { outputs: (${encoded})(globalThis.lastOutputs ?? {}), error: text("error"), about: text("about"), time: text("time"), memory };
        }`,
      );
    }
    const wasm = () => server.paths().filter((path) => path.endsWith(".wasm"));
    const failures = () => server.log.filter(({ status }) => status !== 200).map(({ path }) => path);
    async function complaints() {
      const said = await page.console();
      return said.filter(({ type }) => type === "exception" || type === "error" || type === "warning").map(({ text }) => text);
    }

    for (const folder of NAMES) {
      test(`${folder}: its page runs at once, to the bits of the native engine`, async () => {
        const before = (await complaints()).length;
        const got = await opened(`/some/site/${folder}/`);
        assert.equal(got.error, "");
        assert.deepEqual(others(got.outputs, folder), []);
        assert.match(got.time, /first run [\d.]+ ms, then/);
        assert.deepEqual(
          server.paths().filter((path) => !path.startsWith(`/some/site/${folder}/`) && !path.startsWith("/__harness")),
          [],
        );
        assert.deepEqual([failures(), (await complaints()).slice(before), browser.strays], [[], [], []]);
        const variants = folder.startsWith("plain") ? ["base"] : folder === "rare" ? ["simd", "extra"] : ["simd"];
        assert.deepEqual(
          wasm().map((path) => path.replace(/.*engine-|\.wasm/g, "")),
          variants,
        );
        assert.match(got.about, folder.startsWith("plain") ? /base, one thread/ : /(simd|extra), one thread/);
        for (const [what, forecast, here] of got.memory.slice(0, -1)) assert.equal(here, forecast, what);
        // The forecast is of the module with SIMD.
        const [forecast, here] = got.memory
          .at(-1)
          .slice(1)
          .map((text) => Number(text.replaceAll(",", "")));
        if (!folder.startsWith("plain")) assert.ok(Math.abs(here - forecast) <= 0.05 * forecast, `${here} bytes for ${forecast}`);
      });
    }

    test("threads where the page is isolated, in the folder that has them", async () => {
      for (const folder of ["conv", "single"]) {
        const got = await opened(`/isolated/${folder}/`);
        assert.equal(got.error, "");
        assert.deepEqual(others(got.outputs, folder), []);
        const isShared = folder === "conv" && name !== "webkit";
        assert.equal(wasm()[0].endsWith("engine-threads.wasm"), isShared, wasm());
        assert.deepEqual(failures(), []);
      }
    });

    test("a page beside the folder: loadModel by the folder's name, without it, and of one file's bytes", async () => {
      await page.goto(`${server.origin}/some/site/index.html`);
      server.clear();
      const got = await page.evaluate(
        `async (inputs) => {
          while (!globalThis.site) await new Promise((go) => setTimeout(go, 10));
          const { loadModel, readAll } = globalThis.site;
          const bytes = await (await fetch("one.wasm")).arrayBuffer();
          const answers = [];
          for (const [source, options] of [["conv"], [undefined], [bytes], ["one.wasm"], ["single", { worker: false }]]) {
            const model = await loadModel(source, options);
            answers.push([(${encoded})(await model.forward(readAll(inputs))), model.info().worker]);
            model.dispose();
          }
          return answers;
        }`,
        told("conv").inputs,
      );
      assert.deepEqual(
        got.map(([outputs]) => others(outputs, "conv")),
        [[], [], [], [], []],
      );
      assert.deepEqual(
        got.map(([, worker]) => worker),
        [true, true, true, true, false],
      );
      assert.deepEqual(failures(), []);
    });
  });
}

test("no folder holds a file that its page cannot use", { skip: missing || false }, () => {
  const wasm = (name) => readdirSync(`${folders}/${name}/wasm`).sort().join();
  assert.equal(wasm("plain"), "engine-base.wasm");
  assert.ok(!readdirSync(`${folders}/single`).some((file) => file.includes("threads")));
  assert.ok(!wasm("single").includes("threads") && wasm("conv").includes("threads"));
});
