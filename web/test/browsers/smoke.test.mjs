/** Does the harness itself work: each browser opens a page, runs modules, wasm, SIMD and a module worker, and says what it is isolated from. */
import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { serve } from "./server.mjs";

// (module (func (export "f") (result i32) i32.const 42))
const WASM = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 6, 1, 4, 0, 65, 42, 11];
// (module (func (export "f") (result i32) i32.const 7 i8x16.splat i8x16.extract_lane_u 3))
const WASM_SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 11, 1, 9, 0, 65, 7, 253, 15, 253, 22, 3, 11];

const FILES = {
  "index.html": `<!doctype html><html><head><meta charset="utf-8"><title>smoke</title></head>
    <body style="background: rgb(0, 128, 255)"><script type="module" src="main.js"></script></body></html>`,
  "main.js": `import { answer } from "./answer.js";
    console.log("module says", answer);
    globalThis.answer = answer;
    globalThis.fromWorker = new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message || "worker failed"));
      worker.postMessage([1, 2, 3]);
    });`,
  "answer.js": "export const answer = 41;",
  "worker.js": `import { answer } from "./answer.js";
    onmessage = (event) => postMessage({ sum: event.data.reduce((a, b) => a + b, answer), isolated: crossOriginIsolated, shared: typeof SharedArrayBuffer });`,
  "service.js": `import { answer } from "./answer.js";
    oninstall = () => skipWaiting();
    onactivate = (event) => event.waitUntil(clients.claim());
    onfetch = (event) => event.request.url.endsWith("/made-up") && event.respondWith(new Response("answer " + answer));`,
  "tiny.wasm": Buffer.from(WASM),
};

for (const name of BROWSERS) {
  describe(name, { skip: whyNot(name), timeout: 180_000 }, () => {
    let browser, server;
    before(async () => {
      server = await serve({
        "/": { files: FILES, csp: true },
        "/isolated/": { files: FILES, isolated: true },
        "/slow/": { files: FILES, fault: () => ({ trickle: { bytes: 10, ms: 20 } }) },
      });
      browser = await launch(name);
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    test("opens a page under the CSP and runs its module", async (t) => {
      const page = await browser.open(`${server.origin}/`);
      t.diagnostic(`${name} ${browser.version}`);
      assert.equal(await page.evaluate("async () => globalThis.answer"), 41);
      assert.equal(await page.evaluate(async (arg) => arg.a + arg.b, { a: 1, b: 2 }), 3);
      assert.ok(
        (await page.console()).some((line) => line.type === "log" && line.text.includes("module says 41")),
        JSON.stringify(await page.console()),
      );
      const paths = page
        .requests()
        .filter((entry) => entry.status === 200)
        .map((entry) => entry.path);
      for (const path of ["/", "/main.js", "/answer.js"]) assert.ok(paths.includes(path), `${path} in ${paths}`);
      await page.close();
    });

    test("an error in the page is an error here", async () => {
      const page = await browser.open(`${server.origin}/`);
      await assert.rejects(
        page.evaluate(async () => {
          throw Object.assign(new TypeError("as asked"), { code: "test.code" });
        }),
        (error) => error.message.includes("TypeError: as asked") && error.thrown.code === "test.code",
      );
      await assert.rejects(
        page.evaluate(() => new Promise(() => {}), null, { timeout: 300 }),
        new RegExp(`${name}: evaluate: nothing within 0.3 s`),
      );
      await page.close();
    });

    test("instantiates wasm and SIMD, from bytes and streaming", async () => {
      const page = await browser.open(`${server.origin}/`);
      const got = await page.evaluate(
        async ([plain, simd]) => {
          const run = async (bytes) => (await WebAssembly.instantiate(new Uint8Array(bytes))).instance.exports.f();
          return [await run(plain), await run(simd), (await WebAssembly.instantiateStreaming(fetch("tiny.wasm"))).instance.exports.f()];
        },
        [WASM, WASM_SIMD],
      );
      assert.deepEqual(got, [42, 7, 42]);
      await page.close();
    });

    for (const [path, isIsolated] of [
      ["/", false],
      ["/isolated/", true],
    ]) {
      test(`a module worker, ${isIsolated ? "with" : "without"} COOP and COEP`, async (t) => {
        const page = await browser.open(`${server.origin}${path}`);
        assert.equal(await page.evaluate(async () => globalThis.crossOriginIsolated), isIsolated);
        const got = await page.evaluate(async () => globalThis.fromWorker);
        assert.equal(got.sum, 47);
        assert.equal(got.isolated, isIsolated);
        t.diagnostic(`SharedArrayBuffer in the worker: ${got.shared}`);
        await page.close();
      });
    }

    test("a module service worker answers the page", async () => {
      const page = await browser.open(`${server.origin}/`);
      const got = await page.evaluate(async () => {
        await navigator.serviceWorker.register("/service.js", { type: "module" });
        if (!navigator.serviceWorker.controller) await new Promise((resolve) => (navigator.serviceWorker.oncontrollerchange = resolve));
        const text = await (await fetch("/made-up")).text();
        for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
        return text;
      });
      assert.equal(got, "answer 41");
      assert.ok(!page.requests().some((entry) => entry.path === "/made-up"), "the server was asked too");
      await page.close();
    });

    test("a slow server, a cut answer and a page in place of wasm", async () => {
      const page = await browser.open(`${server.origin}/slow/`);
      assert.equal(await page.evaluate(async () => globalThis.answer), 41);
      server.mount("/cut/", { files: FILES, fault: (path) => path.endsWith(".wasm") && { cut: 20 } });
      server.mount("/html/", { files: FILES, fault: (path) => path.endsWith(".wasm") && { html: true } });
      const got = await page.evaluate(async () => {
        const read = async () => {
          const reader = (await fetch("/cut/tiny.wasm")).body.getReader();
          let bytes = 0;
          for (;;) {
            const { value, done } = await reader.read();
            if (done) return bytes;
            bytes += value.length;
          }
        };
        const html = await fetch("/html/tiny.wasm");
        return {
          cut: await read().then(
            (bytes) => `whole: ${bytes}`,
            (error) => error.name,
          ),
          html: [html.status, html.headers.get("content-type")],
        };
      });
      assert.equal(got.cut, "TypeError");
      assert.deepEqual(got.html, [200, "text/html; charset=utf-8"]);
      await page.close();
    });

    test("another origin only with its leave", async () => {
      const other = await serve({ "/": { files: FILES }, "/open/": { files: FILES, cors: true } });
      try {
        const page = await browser.open(`${server.origin}/`);
        const ask = (path) => page.evaluate(async (url) => (await fetch(url)).text(), other.origin + path);
        assert.equal(await ask("/open/answer.js"), FILES["answer.js"]);
        await assert.rejects(ask("/answer.js"), /TypeError/);
        assert.ok(page.requests().some((entry) => entry.origin === other.origin && entry.path === "/open/answer.js"));
        await page.close();
      } finally {
        await other.close();
      }
    });

    test("a host that is not this machine is out of reach, and the try is seen", async () => {
      const page = await browser.open(`${server.origin}/`);
      const answer = await page.evaluate(() =>
        fetch("http://vaerans.invalid/x", { mode: "no-cors" }).then(
          (got) => got.type,
          (error) => error.name,
        ),
      );
      assert.ok(["TypeError", "opaque"].includes(answer), answer);
      assert.deepEqual([...new Set(browser.strays.map((stray) => stray.host))], ["vaerans.invalid"]);
      await page.close();
    });

    test("a screenshot of the size asked for", async () => {
      const page = await browser.open(`${server.origin}/`, { width: 500, height: 300 });
      const path = join(tmpdir(), `vaerans-smoke-${process.pid}-${name}.png`);
      await page.screenshot(path);
      const png = await readFile(path);
      await rm(path);
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [500, 300]);
      await page.close();
    });
  });
}
