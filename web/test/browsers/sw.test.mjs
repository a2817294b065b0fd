/** vaerans/sw of the built package, in a module service worker, in the three browsers. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { files, noise, plain, png } from "./pictures.mjs";
import { serve } from "./server.mjs";

const { encode } = await import(new URL("../../dist/node.js", import.meta.url));
const dist = fileURLToPath(new URL("../../dist", import.meta.url));

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

const PAGE = `<!doctype html><meta charset=utf-8><title>service worker</title><script type="module" src="/main.js"></script>`;
const MAIN = `
  globalThis.shown = async (src) => {
    const image = new Image();
    const ended = new Promise((resolve) => { image.onload = () => resolve(true); image.onerror = () => resolve(false); });
    image.src = src;
    if (!(await ended)) return { isShown: false };
    const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const at = (x, y) => [...context.getImageData(x, y, 1, 1).data];
    const { width, height } = canvas;
    return { isShown: true, size: [width, height], pixels: [at(3, 3), at(width - 3, 3), at(3, height - 3)] };
  };
  globalThis.controlled = async (script, scope) => {
    await navigator.serviceWorker.register(script, { type: "module", scope });
    if (!navigator.serviceWorker.controller) await new Promise((resolve) => (navigator.serviceWorker.oncontrollerchange = resolve));
  };
  globalThis.kept = async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname + new URL(url).search);
  // Pictures are kept after they were answered: resolves once one made from this file is there.
  globalThis.untilKept = async (name, path, hash) => {
    for (let tries = 0; tries < 400; tries++) {
      const made = await (await caches.open(name)).match(path);
      if (made?.headers.get("x-vaerans-source").startsWith(hash)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(path + " is not kept: " + (await kept(name)));
  };
  globalThis.ready = true;`;
const SERVICES = {
  "service.js": `import { install } from "/vaerans/sw.js"; install();`,
  "small.js": `import { handle } from "/vaerans/sw.js";
    oninstall = () => skipWaiting();
    onactivate = (event) => event.waitUntil(clients.claim());
    onfetch = (event) => handle(event, { cacheName: "small", maxCacheBytes: 20_000, type: "image/webp" })
      || (event.request.url.endsWith("/own") && event.respondWith(new Response("own answer")));`,
};

for (const name of BROWSERS) {
  describe(name, { skip: whyNot(name), timeout: 300_000 }, () => {
    let browser, server, foreign, page, pictures;
    const open = async (path, script) => {
      await page?.close();
      page = await browser.open(`${server.origin}${path}`);
      await page.evaluate(async (service) => {
        while (!globalThis.ready) await new Promise((resolve) => setTimeout(resolve, 20));
        await controlled(service, location.pathname);
      }, script);
    };
    before(async () => {
      pictures = await files();
      pictures["CAMERA.VRN"] = pictures["quarters.vrn"];
      for (let i = 0; i < 4; i++) pictures[`n${i}.vrn`] = await encode(noise(64 + i, 64), { lossless: true }); // some 10 kB each
      const all = { "index.html": PAGE, "main.js": MAIN, ...SERVICES, ...pictures };
      const headers = { "service-worker-allowed": "/" };
      server = await serve({
        "/": { files: all, headers },
        "/vaerans/": { folder: dist, headers },
        "/bounded/": { files: { "index.html": PAGE, ...pictures }, headers },
      });
      foreign = await serve({ "/cdn/": { files: pictures, cors: true } });
      browser = await launch(name);
      await open("/", "/service.js");
    });
    after(async () => {
      await browser?.close();
      await server?.close();
      await foreign?.close();
    });

    test("<img src> of a .vrn file: its pixels, turned upright", async () => {
      const got = await page.evaluate(async () => [await shown("/quarters.vrn"), await shown("/turned.vrn"), await shown("/CAMERA.VRN")]);
      const [red, green, blue] = [
        [255, 0, 0, 255],
        [0, 255, 0, 255],
        [0, 0, 255, 255],
      ];
      assert.deepEqual(got[0], { isShown: true, size: [60, 40], pixels: [red, green, blue] });
      assert.deepEqual(got[1], { isShown: true, size: [40, 60], pixels: [blue, red, [255, 255, 255, 255]] });
      assert.deepEqual(got[2], got[0]);
    });

    test("Display P3 keeps its colours", async () => {
      const { pixels } = await page.evaluate(() => shown("/p3.vrn"));
      pixels[0].forEach((v, i) => assert.ok(Math.abs(v - [215, 93, 31, 255][i]) <= 2, `${pixels[0]}`));
    });

    test("everything else passes: fetch() gets the file, other pictures are as they were", async () => {
      const got = await page.evaluate(async () => {
        const bytes = new Uint8Array(await (await fetch("/quarters.vrn")).arrayBuffer());
        return { bytes: [...bytes], png: await shown("/fallback.png"), missing: (await shown("/missing.vrn")).isShown };
      });
      assert.deepEqual(Buffer.from(got.bytes), Buffer.from(pictures["quarters.vrn"]));
      assert.deepEqual([got.png.size, got.png.pixels[0], got.missing], [[6, 4], [10, 20, 30, 255], false]);
    });

    test("a file that cannot be decoded is handed on as it is", async () => {
      server.mount("/other/", { files: { "really-png.vrn": png(plain([7, 8, 9])), "damaged.vrn": pictures["damaged.vrn"] } });
      const got = await page.evaluate(async () => [await shown("/other/really-png.vrn"), await shown("/other/damaged.vrn")]);
      assert.deepEqual(got[0].pixels[0], [7, 8, 9, 255]);
      assert.equal(got[1].isShown, false);
    });

    test("kept: a file that changes is seen, one that cannot be reached is still shown", async () => {
      const fault = { now: undefined };
      const changing = { "one.vrn": await encode(plain([1, 2, 3]), { lossless: true }) };
      server.mount("/changing/", { files: changing, fault: () => fault.now, headers: { "cache-control": "no-store" } });
      const again = async () => {
        await page.goto(`${server.origin}/`);
        await page.evaluate("async () => { while (!globalThis.ready) await new Promise((r) => setTimeout(r, 20)); }");
      };
      const same = "async () => (await shown('/changing/one.vrn')).pixels?.[0]";
      await page.evaluate(same);
      changing["one.vrn"] = await encode(plain([90, 80, 70]), { lossless: true });
      await again(); // browsers keep a page's pictures in memory
      assert.deepEqual(await page.evaluate(same), [90, 80, 70, 255]);
      await page.evaluate((hash) => untilKept("vaerans", "/changing/one.vrn", hash), sha256(changing["one.vrn"]));
      fault.now = { cut: 0 };
      await again();
      assert.deepEqual(await page.evaluate(same), [90, 80, 70, 255]);
    });

    test("another origin: with CORS it is answered, without it is left alone", async () => {
      const got = await page.evaluate(async (origin) => {
        const image = Object.assign(new Image(), { crossOrigin: "anonymous" });
        const ended = new Promise((resolve) => {
          image.onload = () => resolve(image.naturalWidth);
          image.onerror = () => resolve(0);
        });
        image.src = `${origin}/cdn/quarters.vrn`;
        return [await ended, (await shown(`${origin}/cdn/quarters.vrn?plain`)).isShown];
      }, foreign.origin);
      assert.deepEqual(got, [60, false]);
    });

    test("handle() beside a service worker's own answers; the cache keeps to its bound", async () => {
      await page.evaluate(async () => {
        for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
      });
      await open("/bounded/", "/small.js");
      const got = await page.evaluate(async (hash) => {
        const shownAll = [];
        for (let i = 0; i < 4; i++) shownAll.push((await shown(`/bounded/n${i}.vrn`)).isShown);
        await untilKept("small", "/bounded/n3.vrn", hash);
        const cache = await caches.open("small");
        const sizes = await Promise.all((await cache.keys()).map(async (key) => (await (await cache.match(key)).blob()).size));
        return { shownAll, own: await (await fetch("/bounded/own")).text(), kept: await kept("small"), sizes };
      }, sha256(pictures["n3.vrn"]));
      assert.deepEqual([got.shownAll, got.own], [[true, true, true, true], "own answer"]);
      assert.ok(got.kept.length >= 1 && got.kept.length < 4, JSON.stringify(got));
      assert.equal(got.kept.at(-1), "/bounded/n3.vrn");
      assert.ok(got.sizes.reduce((a, b) => a + b, 0) <= 20_000, `${got.sizes}`);
    });
  });
}

test("static imports alone: a service worker may not import on demand", async () => {
  const { readFileSync } = await import("node:fs");
  assert.doesNotMatch(readFileSync(new URL("../../dist/sw.js", import.meta.url), "utf8"), /\bimport\s*\(/);
});
