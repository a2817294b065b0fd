/** Files of the learned codec in the three browsers: what is fetched when, and once; what is painted first; faults; a service worker. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { plain, png } from "./pictures.mjs";
import { serve } from "./server.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [dist, made] = [at("../../dist"), at("../../build/vae")];
const missing = existsSync(`${dist}/wasm/vae-simd.wasm`) && existsSync(made) ? "" : "web/dist or web/build/vae is not built: make test-web";
const { files, shape } = missing ? {} : JSON.parse(readFileSync(`${made}/cases.json`, "utf8"));
const MODEL = ["head.bin", "predictor.bin", "decoder/plan.bin", "decoder/weights.bin"];
const ENHANCEMENT = ["enhancement/plan.bin", "enhancement/weights.bin"];
const bytes = (names) => names.reduce((sum, name) => sum + statSync(`${made}/model/${name}`).size, 0);

const PAGE = (script) =>
  `<!doctype html><html><head><meta charset="utf-8"><title>learned codec</title></head><body><script type="module" src="/${script}"></script></body></html>`;
const SCRIPT = (entry, element) => `
  import * as vaerans from "${entry}";
  import { define } from "${element}";
  define();
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  globalThis.hash = async (data) => hex(await crypto.subtle.digest("SHA-256", data));
  globalThis.pixels = async (url, options) => hash((await vaerans.decode(await fetch(url), options)).data);
  globalThis.attempt = (work) => work().then(() => "nothing", (error) => error.code ?? String(error));
  globalThis.shown = (attributes) => new Promise((resolve) => {
    const image = Object.assign(document.createElement("vaerans-img"), { loading: "eager", ...attributes });
    const said = [];
    image.addEventListener("error", ({ detail }) => said.push(detail.code));
    image.addEventListener("load", ({ detail: { width, height, fallback } }) => resolve({ width, height, fallback, said }));
    document.body.append(image);
  });
  globalThis.vaerans = vaerans;`;
const SERVICE = `
  import { install } from "/dist/sw.js";
  import { learned } from "/dist/sw-vae.js";
  install({ learned: learned({ model: "/model/" }) });`;

for (const name of BROWSERS) {
  describe(name, { skip: missing || whyNot(name), timeout: 300_000 }, () => {
    let browser, server, foreign, page;
    before(async () => {
      const pages = {
        "index.html": PAGE("page.js"),
        "lean.html": PAGE("lean.js"),
        "page.js": SCRIPT("/dist/index.js", "/dist/img.js"),
        "lean.js": SCRIPT("/dist/decode.js", "/dist/decode-img.js"),
        "fallback.png": png(plain([9, 8, 7])),
        "service.js": SERVICE,
        "photo.vrn": await (await import(`${dist}/node.js`)).encode(plain([50, 60, 70]), { quality: 80 }),
      };
      const slow = (path) => (path.endsWith("decoder/weights.bin") || path.endsWith("two.vrn")) && { trickle: { bytes: 3700, ms: 20, pause: 300 } };
      server = await serve({
        "/": { files: pages, csp: true },
        "/dist/": { folder: dist, headers: { "service-worker-allowed": "/" } },
        "/files/": { folder: made },
        "/model/": { folder: `${made}/model` },
        "/other/": { folder: `${made}/model` },
        "/slow/": { folder: `${made}/model`, fault: slow },
        "/trickle/": { folder: made, fault: slow },
        "/none/": { files: {} },
      });
      foreign = await serve({ "/model/": { folder: `${made}/model`, cors: true }, "/closed/": { folder: `${made}/model` } });
      browser = await launch(name);
      page = await browser.open(`${server.origin}/`);
    });
    after(async () => {
      await browser?.close();
      await server?.close();
      await foreign?.close();
    });

    /** A fresh page with an empty cache, unless `keeps`. */
    async function visit({ path = "/", keeps = false } = {}) {
      await page.goto(server.origin + path);
      await page.evaluate(async (keeps) => {
        while (!globalThis.vaerans) await new Promise((resolve) => setTimeout(resolve, 10));
        if (!keeps) await caches.delete("vaerans-codecs");
      }, keeps);
      server.clear();
      foreign.clear();
    }
    const run = async (work, arg, options) => (await visit(options), page.evaluate(work, arg));
    const below = (prefix) =>
      server
        .paths()
        .filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length));
    /** Until so many files are kept. */
    const untilKept = (count) =>
      page.evaluate(async (count) => {
        const cache = await caches.open("vaerans-codecs");
        for (let tries = 0; tries < 200 && (await cache.keys()).length < count; tries++) await new Promise((go) => setTimeout(go, 20));
        await new Promise((go) => setTimeout(go, 100));
      }, count);

    for (const [what, path] of [
      ["vaerans", "/"],
      ["vaerans/decode", "/lean.html"],
    ]) {
      test(`${what}: the first file fetches the module and the codec once, later ones nothing`, async () => {
        const first = await run(
          async () => {
            const told = [];
            await vaerans.init({ model: "/model/", onModelProgress: (one) => told.push(one) });
            return { pixels: await pixels("/files/two.vrn"), told };
          },
          null,
          { path },
        );
        assert.equal(first.pixels, files.two.whole.sha256);
        assert.deepEqual(below("/model/").sort(), [...MODEL, ...ENHANCEMENT].sort());
        const last = first.told.at(-1);
        assert.ok(last.loaded === last.total && last.loaded === bytes([...MODEL, ...ENHANCEMENT]) && first.told.length >= 6, JSON.stringify(last));
        const asked = server.paths().filter((path) => /vae.*\.(js|wasm)$/.test(path));
        assert.deepEqual(
          new Set(asked.map((path) => path.replace(/-[0-9A-Z]{8}\.js$/, ".js"))),
          new Set([`/dist/${path === "/" ? "" : "decode-"}vae.js`, "/dist/vae-worker.js", "/dist/wasm/vae-simd.wasm"]),
        );
        assert.equal(asked.length, 3, `${asked}`);
        await untilKept(6);
        server.clear();
        assert.equal(await page.evaluate(() => pixels("/files/one.vrn")), files.one.whole.sha256);
        assert.deepEqual(server.paths(), ["/files/one.vrn"]);
        // Another instance, as in a page that is loaded again: WebKitGTK forgets caches with the page in sessions such as the driver's.
        const again = async () => {
          await vaerans.init({ model: "/model/" });
          return pixels("/files/two.vrn");
        };
        await page.evaluate(() => vaerans.dispose());
        server.clear();
        assert.equal(name === "webkit" ? await page.evaluate(again) : await run(again, null, { path, keeps: true }), files.two.whole.sha256);
        assert.deepEqual(below("/model/"), []);
      });
    }

    test("a page of photos makes no further request", async () => {
      await run(async () => {
        await vaerans.init({ model: "/model/" });
        await vaerans.decode(await fetch("/photo.vrn"));
        await shown({ src: "/photo.vrn" });
        await new Promise((go) => setTimeout(go, 200));
      });
      const asked = server.paths().map((path) => path.replace(/-[0-9A-Z]{8}\.js$/, ".js"));
      assert.deepEqual([...new Set(asked)].sort(), ["/dist/progressive.js", "/dist/wasm/decoder-simd.wasm", "/dist/worker.js", "/photo.vrn"]);
    });

    test("the first layer is painted first, at the full size, and waits for nothing of the second", async () => {
      const seen = await run(async () => {
        await vaerans.init({ model: "/model/" });
        const seen = [];
        await vaerans.decodeProgressive(await fetch("/trickle/two.vrn"), async (picture, { scale, done }) => {
          const asked = performance.getEntriesByType("resource").some((entry) => entry.name.includes("enhancement"));
          seen.push([scale, done, await hash(picture.data), asked]);
        });
        return seen;
      });
      assert.deepEqual(seen, [
        [1, false, files.two.cut.sha256, false],
        [1, true, files.two.whole.sha256, true],
      ]);
      // What the first layer took is not fetched again for the second.
      assert.deepEqual(below("/model/").sort(), [...MODEL, ...ENHANCEMENT].sort());
    });

    test("<vaerans-img> shows it; without the codec's files it says so and shows the fallback", async () => {
      const [height, width] = shape;
      const got = await run(async () => {
        await vaerans.init({ model: "/model/" });
        const there = await shown({ src: "/files/two.vrn" });
        vaerans.dispose();
        await vaerans.init({ model: "/none/" });
        const code = await attempt(async () => pixels("/files/one.vrn"));
        return { there, code, gone: await shown({ src: "/files/two.vrn", fallback: "/fallback.png" }) };
      });
      assert.deepEqual(got, {
        there: { width, height, fallback: false, said: [] },
        code: "model.not_found",
        gone: { width: 16, height: 16, fallback: true, said: ["model.not_found"] },
      });
    });

    test("abort while the codec's files arrive: the reason, and the connection is let go", async () => {
      const reason = await run(async () => {
        const stop = new AbortController();
        await vaerans.init({ model: "/slow/", onModelProgress: () => setTimeout(() => stop.abort("enough"), 100) });
        return pixels("/files/one.vrn", { signal: stop.signal }).catch((reason) => reason);
      });
      assert.equal(reason, "enough");
      assert.deepEqual(await server.ended("/slow/decoder/weights.bin"), ["let go"]);
      assert.equal(await page.evaluate(() => pixels("/photo.vrn").then(() => "works")), "works");
    });

    test("a call that is aborted in the middle of its work, and the same call again at once: it has the codec", async () => {
      const got = await run(async () => {
        await vaerans.init({ model: "/model/" });
        const [width, height] = [1024, 768];
        const picture = { data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i) >> 7), width, height };
        const options = { profile: "vae", quality: 20, fallback: false };
        const written = await vaerans.encode(picture, options);
        const read = await hash((await vaerans.decode(written.slice())).data);
        /** Aborted so late that its work has begun, and far before its end: its worker ends with it. */
        const twice = async (work) => {
          const stop = new AbortController();
          setTimeout(() => stop.abort("enough"), 30);
          return [await work(stop.signal).catch((reason) => reason), await work()];
        };
        const [first, second] = await twice((signal) => vaerans.encode(picture, { ...options, signal }));
        const [third, fourth] = await twice((signal) => vaerans.decode(written.slice(), { signal }));
        return [first, (await hash(second)) === (await hash(written)), third, (await hash(fourth.data)) === read];
      });
      assert.deepEqual(got, ["enough", true, "enough", true]);
    });

    test("a picture of several tiles, in a page whose instances share pictures: it is decoded whole", async () => {
      const got = await run(async () => {
        await vaerans.init({ model: "/model/", threads: 2 });
        const [width, height] = [24, 4200];
        const picture = { data: Uint8Array.from({ length: width * height * 3 }, (_, i) => i >> 9), width, height };
        const file = await vaerans.encode(picture, { profile: "vae", quality: 20, fallback: false });
        const { tile, threads } = { ...(await vaerans.info(file.slice())), ...vaerans.engineInfo() };
        const { data } = await vaerans.decode(file.slice());
        vaerans.dispose();
        await vaerans.init({ model: "/model/" });
        return [tile > 0 && tile < height, threads, (await hash(data)) === (await hash((await vaerans.decode(file.slice())).data))];
      });
      assert.deepEqual(got, [true, 2, true]);
    });

    test("the codec's files from another origin, with CORS", async () => {
      const got = await run(async (origin) => {
        await vaerans.init({ model: `${origin}/model/` });
        const there = await pixels("/files/one.vrn");
        vaerans.dispose();
        await vaerans.init({ model: `${origin}/closed/` });
        return [there, await attempt(() => pixels("/files/one.vrn"))];
      }, foreign.origin);
      assert.deepEqual(got, [files.one.whole.sha256, "stream.network"]);
      assert.deepEqual(below("/model/"), []);
    });

    test("encode writes Python's bytes in a page, and keeps what it fetched", async () => {
      const encode = async ([height, width]) => {
        await vaerans.init({ model: "/model/" });
        const data = new Uint8Array(await (await fetch("/files/picture.bin")).arrayBuffer());
        return hash(await vaerans.encode({ data, width, height }, { profile: "vae", quality: 20, fallback: false }));
      };
      const got = await run(encode, shape);
      await untilKept(10);
      await page.evaluate(() => vaerans.dispose());
      server.clear();
      assert.equal(await page.evaluate(encode, shape), got);
      assert.deepEqual(below("/model/"), ["head.bin"]);
      const { createHash } = await import("node:crypto");
      assert.equal(
        got,
        createHash("sha256")
          .update(readFileSync(`${made}/one.vrn`))
          .digest("hex"),
      );
    });

    test("kept files that are wrong are fetched anew, once, for a decode and for an encode", async () => {
      await run(async () => vaerans.init({ model: "/model/" }));
      const decode = () => page.evaluate(() => pixels("/files/one.vrn"));
      const encode = () =>
        page.evaluate(async ([height, width]) => {
          const data = new Uint8Array(await (await fetch("/files/picture.bin")).arrayBuffer());
          return hash(await vaerans.encode({ data, width, height }, { profile: "vae", quality: 20, fallback: false }));
        }, shape);
      /** Another instance; a byte of one file in the cache is turned for it. */
      const renew = (name) =>
        page.evaluate(async (name) => {
          vaerans.dispose();
          const cache = await caches.open("vaerans-codecs");
          const url = new URL(name, new URL("/model/", location)).href;
          const kept = await cache.match(url);
          const bytes = new Uint8Array(await kept.arrayBuffer());
          bytes[bytes.length >> 1] ^= 1;
          await cache.put(url, new Response(bytes, { headers: kept.headers }));
        }, name);
      const all = ["encoder", "analysis"].flatMap((network) => [`${network}/plan.bin`, `${network}/weights.bin`]).concat(MODEL, ENHANCEMENT);
      for (const [work, damaged, files] of [
        [decode, "decoder/weights.bin", MODEL],
        [decode, "head.bin", MODEL],
        [encode, "encoder/weights.bin", all],
      ]) {
        /** An encode asks for the head each time: it tells which codec lies there. */
        const asked = () =>
          below("/model/")
            .filter((name) => name !== "head.bin" || work === decode)
            .sort();
        const first = await work();
        await untilKept(files.length);
        await renew(damaged);
        server.clear();
        assert.equal(await work(), first);
        assert.deepEqual(asked(), files.filter((name) => name !== "head.bin" || work === decode).sort());
        await untilKept(files.length);
        await page.evaluate(() => vaerans.dispose());
        server.clear();
        assert.equal(await work(), first);
        assert.deepEqual(asked(), []);
      }
    });

    test("<img src> by way of a service worker that was given the codec", async () => {
      await visit();
      const got = await page.evaluate(async () => {
        await navigator.serviceWorker.register("/service.js", { type: "module" });
        if (!navigator.serviceWorker.controller) await new Promise((resolve) => (navigator.serviceWorker.oncontrollerchange = resolve));
        const show = async (src) => {
          const image = new Image();
          image.src = src;
          await image.decode().catch(() => {});
          return [image.naturalWidth, image.naturalHeight];
        };
        const sizes = [await show("/files/two.vrn"), await show("/files/one.vrn"), await show("/photo.vrn")];
        for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
        return sizes;
      });
      const [height, width] = shape;
      assert.deepEqual(got.slice(0, 2), [
        [width, height],
        [width, height],
      ]);
      assert.ok(got[2][0] > 0);
      assert.equal(new Set(below("/model/")).size, below("/model/").length, "fetched twice");
    });
  });
}

test("static imports alone: a service worker may not import on demand", { skip: missing || false }, () => {
  assert.doesNotMatch(readFileSync(`${dist}/sw-vae.js`, "utf8"), /\bimport\s*\(/);
});
