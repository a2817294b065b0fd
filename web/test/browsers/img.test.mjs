/** <vaerans-img> of the built package in the three browsers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { files } from "./pictures.mjs";
import { CSP, serve } from "./server.mjs";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));

const PAGE = `<!doctype html><meta charset=utf-8><title>element</title><style nonce=page>body{margin:0}</style>
<script type="module" src="/main.js"></script>`;
// load(): the element with its events, once it has ended.
const MAIN = `import { define } from "/vaerans/img.js";
  document.body.innerHTML = '<main></main><p id=after>after</p>';
  const early = document.createElement("vaerans-img");
  early.src = "/quarters.vrn"; early.loading = "eager";
  document.querySelector("main").append(early);
  define(); define();
  globalThis.early = early;
  globalThis.make = (attributes) => {
    const element = document.createElement("vaerans-img");
    element.events = [];
    for (const type of ["progress", "load", "error"]) element.addEventListener(type, ({ detail }) => element.events.push({ type, ...detail, error: undefined }));
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  globalThis.until = async (check) => { while (!check()) await new Promise((resolve) => setTimeout(resolve, 10)); };
  globalThis.ended = (element) => until(() => element.events.some(({ type }) => type !== "progress"));
  globalThis.pixel = (element, x, y, space) => {
    const canvas = element.shadowRoot.querySelector("canvas");
    return [...canvas.getContext("2d").getImageData(x, y, 1, 1, space && { colorSpace: space }).data];
  };
  globalThis.ready = true;`;

for (const name of BROWSERS) {
  describe(name, { skip: whyNot(name), timeout: 300_000 }, () => {
    let browser, server, page, pictures;
    const slow = { trickle: { bytes: 2000, ms: 15 } };
    before(async () => {
      pictures = await files();
      const root = { files: { "index.html": PAGE, "main.js": MAIN, ...pictures }, csp: `${CSP}; style-src 'self' 'nonce-page'` };
      server = await serve({
        "/": root,
        "/vaerans/": { folder: dist },
        "/slow/": { files: pictures, fault: () => slow },
        // The header, and a while later what can be painted.
        "/headed/": { files: pictures, fault: () => ({ trickle: { bytes: 1500, ms: 10, pause: 400 } }) },
        "/cut/": { files: pictures, fault: () => ({ cut: 30_000 }) },
        "/nowasm/": { files: { "index.html": PAGE.replace("/main.js", "main.js"), "main.js": MAIN.replace("/vaerans/", "/nowasm/vaerans/") } },
        "/nowasm/vaerans/": { folder: dist, fault: (path) => /\/(wasm|inline)\//.test(path) && { html: true } },
      });
      browser = await launch(name);
      page = await browser.open(`${server.origin}/`);
      await page
        .evaluate("() => until(() => globalThis.ready)")
        .catch(() => page.evaluate("async () => { while (!globalThis.ready) await new Promise((r) => setTimeout(r, 20)); }"));
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    test("shows the picture; size, role and label; properties set before it was defined", async () => {
      const got = await page.evaluate(async () => {
        const element = make({ src: "/quarters.vrn", alt: "four fields", loading: "eager" });
        document.querySelector("main").append(element);
        await ended(element);
        await until(() => early.complete);
        const { width, height } = element.getBoundingClientRect();
        const rect = early.getBoundingClientRect();
        return {
          last: element.events.at(-1),
          size: [width, height],
          natural: [element.naturalWidth, element.naturalHeight],
          early: [rect.width, rect.height],
          role: [element.getAttribute("role"), element.getAttribute("aria-label")],
          pixels: [pixel(element, 5, 5), pixel(element, 50, 5), pixel(element, 5, 35), pixel(element, 50, 35)],
        };
      });
      assert.deepEqual(got.last, { type: "load", width: 60, height: 40, fallback: false });
      assert.deepEqual(
        [got.size, got.natural, got.early],
        [
          [60, 40],
          [60, 40],
          [60, 40],
        ],
      );
      assert.deepEqual(got.role, ["img", "four fields"]);
      assert.deepEqual(got.pixels, [
        [255, 0, 0, 255],
        [0, 255, 0, 255],
        [0, 0, 255, 255],
        [255, 255, 255, 255],
      ]);
    });

    test("turned by the orientation: 6 is a quarter to the right", async () => {
      const got = await page.evaluate(async () => {
        const element = make({ src: "/turned.vrn", alt: "", loading: "eager" });
        document.querySelector("main").append(element);
        await ended(element);
        return {
          natural: [element.naturalWidth, element.naturalHeight],
          role: element.getAttribute("role"),
          pixels: [pixel(element, 5, 5), pixel(element, 35, 5), pixel(element, 5, 55)],
        };
      });
      assert.deepEqual(got, {
        natural: [40, 60],
        role: "presentation",
        pixels: [
          [0, 0, 255, 255],
          [255, 0, 0, 255],
          [255, 255, 255, 255],
        ],
      });
    });

    test("Display P3 is told from sRGB by the profile", async (t) => {
      const got = await page.evaluate(async () => {
        const shown = [];
        for (const src of ["/p3.vrn", "/srgb.vrn"]) {
          const element = make({ src, alt: "", loading: "eager" });
          document.querySelector("main").append(element);
          await ended(element);
          const space = element.shadowRoot.querySelector("canvas").getContext("2d").getContextAttributes?.().colorSpace;
          shown.push({ space, srgb: pixel(element, 4, 4, space && "srgb") });
        }
        return shown;
      });
      t.diagnostic(`canvas of a Display P3 picture: ${got[0].space}`);
      // (200, 100, 50) of Display P3 in sRGB, by CSS Color 4's matrices.
      got[0].srgb.forEach((v, i) => assert.ok(Math.abs(v - [215, 93, 31, 255][i]) <= 1, `${got[0].srgb}`));
      assert.deepEqual(got[1].srgb, [200, 100, 50, 255]);
      assert.notEqual(got[1].space, "display-p3");
    });

    test("no layout shift, whether the attributes or the header tell the size", async () => {
      const got = await page.evaluate(async () => {
        const main = document.querySelector("main");
        main.replaceChildren();
        const after = () => Math.round(document.querySelector("#after").getBoundingClientRect().top);
        const tops = [];
        for (const size of [{ width: 320, height: 200 }, {}]) {
          const element = make({ src: "/headed/large.vrn", alt: "", loading: "eager", ...size });
          element.style.display = "block";
          main.replaceChildren(element);
          const seen = [after()];
          await until(() => element.naturalWidth);
          const early = element.events.length === 0;
          seen.push(after());
          await ended(element);
          seen.push(after());
          tops.push({ early, seen });
        }
        return tops;
      });
      const gap = got[0].seen[0] - 200;
      assert.deepEqual(got[0].seen, [200 + gap, 200 + gap, 200 + gap]);
      assert.ok(got[1].early, "the header's size came with a paint only");
      assert.deepEqual(got[1].seen.slice(1), [400 + gap, 400 + gap]);
    });

    test("paints coarse pictures while the bytes arrive", async () => {
      const events = await page.evaluate(async () => {
        const element = make({ src: "/slow/large.vrn", alt: "", loading: "eager" });
        document.querySelector("main").replaceChildren(element);
        await ended(element);
        return element.events;
      });
      const paints = events.filter(({ type }) => type === "progress");
      assert.equal(events.at(-1).type, "load");
      assert.ok(paints.length > 1 && paints[0].scale < 1 && !paints[0].done, JSON.stringify(events));
      assert.deepEqual(
        paints.map(({ scale }) => scale),
        [...new Set(paints.map(({ scale }) => scale))].sort((a, b) => a - b),
      );
      assert.ok(paints[0].bytes < pictures["large.vrn"].length / 2, "the first paint waited for most of the file");
    });

    test("lazy: fetched when it is about to be seen", async () => {
      const asked = () => server.log.filter(({ path, query }) => path === "/quarters.vrn" && query === "?lazy").length;
      await page.evaluate(async () => {
        const space = Object.assign(document.createElement("div"), { id: "space" });
        space.style.height = "6000px";
        const element = make({ src: "/quarters.vrn?lazy", alt: "", width: 60, height: 40 });
        document.querySelector("main").replaceChildren(space, element);
        globalThis.lazy = element;
      });
      await sleep(400);
      assert.equal(asked(), 0);
      const last = await page.evaluate(async () => (lazy.scrollIntoView(), await ended(lazy), lazy.events.at(-1).type));
      assert.deepEqual([asked(), last], [1, "load"]);
      await page.evaluate(async () => (document.querySelector("#space").remove(), scrollTo(0, 0)));
    });

    test("what cannot be shown: a coded error, then the fallback or the words", async () => {
      const got = await page.evaluate(async () => {
        const main = document.querySelector("main");
        const one = make({ src: "/damaged.vrn", alt: "a boat", fallback: "/fallback.png", loading: "eager" });
        const two = make({ src: "/missing.vrn", alt: "a boat", loading: "eager" });
        const three = make({ src: "/cut/large.vrn", alt: "a boat", fallback: "/missing.png", loading: "eager" });
        main.replaceChildren(one, two, three);
        await until(() => one.complete && one.events.length > 1 && two.events.length && three.events.filter(({ type }) => type === "error").length > 1);
        const { width, height } = one.getBoundingClientRect();
        const told = (element) => element.events.filter(({ type }) => type !== "progress").map(({ type, code, fallback }) => [type, code, fallback]);
        return {
          one: told(one),
          two: told(two),
          three: told(three),
          size: [width, height],
          words: two.shadowRoot.textContent,
          image: !!one.shadowRoot.querySelector("img"),
        };
      });
      assert.match(got.one[0][1], /^stream\./);
      assert.deepEqual(
        got.one[1],
        ["load", undefined, true].map((v) => v ?? null),
      );
      assert.deepEqual([got.size, got.image, got.words], [[6, 4], true, "a boat"]);
      assert.deepEqual(got.two, [["error", "stream.network", false]]);
      assert.deepEqual(got.three, [
        ["error", "stream.network", false],
        ["error", "stream.network", true],
      ]);
    });

    test("removed or given another source: the first is let go", async () => {
      server.mount("/crawl/", { files: pictures, fault: () => ({ trickle: { bytes: 500, ms: 40 } }) });
      const got = await page.evaluate(async () => {
        const main = document.querySelector("main");
        const gone = make({ src: "/crawl/large.vrn?gone", alt: "", loading: "eager" });
        const turned = make({ src: "/crawl/large.vrn?turned", alt: "", loading: "eager" });
        main.replaceChildren(gone, turned);
        await until(() => gone.naturalWidth && turned.naturalWidth);
        gone.remove();
        turned.src = "/quarters.vrn";
        await ended(turned);
        await new Promise((resolve) => setTimeout(resolve, 300));
        const kept = gone.events.length;
        main.append(turned); // moved: not loaded again
        await new Promise((resolve) => setTimeout(resolve, 100));
        return {
          kept,
          events: turned.events.filter(({ type }) => type !== "progress"),
          size: [turned.naturalWidth, turned.naturalHeight],
          isGone: gone.events.some(({ type }) => type !== "progress"),
        };
      });
      assert.deepEqual(got.events, [{ type: "load", width: 60, height: 40, fallback: false }]);
      assert.deepEqual([got.size, got.isGone], [[60, 40], false]);
      assert.deepEqual(await server.ended("/crawl/large.vrn"), ["let go", "let go"]);
    });

    test("nothing of it broke the page's Content-Security-Policy", async () => {
      const said = await page.console();
      assert.deepEqual(
        said.filter(({ type, text }) => (type === "exception" && !text.startsWith("resource failed")) || /security|policy/i.test(text)),
        [],
      );
    });

    test("without wasm the fallback is shown", async () => {
      await page.goto(`${server.origin}/nowasm/`);
      const got = await page.evaluate(async () => {
        while (!globalThis.ready) await new Promise((resolve) => setTimeout(resolve, 20));
        const element = make({ src: "/quarters.vrn", alt: "", fallback: "/fallback.png", loading: "eager" });
        document.querySelector("main").replaceChildren(element);
        await until(() => element.events.some(({ type }) => type === "load"));
        return element.events.map(({ type, code }) => [type, code]);
      });
      assert.deepEqual(got, [
        ["error", "unavailable.wasm"],
        ["load", null],
      ]);
    });
  });
}
