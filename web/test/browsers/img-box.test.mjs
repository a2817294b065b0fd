/** The box of <vaerans-img> in the three browsers: its size, what moves because of it, and how much of a file is decoded for it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { MAIN, PAGE } from "./box-page.mjs";
import { files } from "./pictures.mjs";
import { serve } from "./server.mjs";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));

/** An article: define() comes late. */
const article = (place) => `<!doctype html><meta charset=utf-8><title>article</title>${place.link ?? ""}<style>body{margin:0}</style>
<h1>Harbour</h1>${`<vaerans-img src="/large.vrn" alt="" width="320" height="200"${place.style ?? ""}></vaerans-img><p class=text>text</p>`.repeat(3)}
<script>
  globalThis.shift = 0;
  if (PerformanceObserver.supportedEntryTypes.includes("layout-shift"))
    new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (shift += value))).observe({ type: "layout-shift", buffered: true });
  globalThis.tops = () => [...document.querySelectorAll(".text")].map((p) => p.getBoundingClientRect().top);
  globalThis.early = tops();
</script>
<script type="module">
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { define } = await import("/vaerans/img.js");
  define();
  const all = [...document.querySelectorAll("vaerans-img")];
  while (!all.every((one) => one.complete && one.naturalWidth)) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 200)));
  globalThis.late = tops();
</script>`;

for (const name of BROWSERS) {
  describe(name, { skip: whyNot(name), timeout: 300_000 }, () => {
    let browser, server, page;
    before(async () => {
      const pictures = await files();
      const pages = {
        "index.html": PAGE,
        "main.js": MAIN,
        "linked.html": article({ link: '<link rel="stylesheet" href="/vaerans/img.css">' }),
        "styled.html": article({ link: '<link rel="stylesheet" href="/vaerans/img.css">', style: ' style="width:320px;aspect-ratio:320/200"' }),
      };
      server = await serve({ "/": { files: { ...pages, ...pictures } }, "/vaerans/": { folder: dist } });
      browser = await launch(name);
      page = await browser.open(`${server.origin}/`);
      await page.evaluate("async () => { while (!globalThis.ready) await new Promise((r) => setTimeout(r, 20)); }");
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    test("attributes alone, none, changed later, of another shape, and those that say nothing", async () => {
      const got = await page.evaluate(async () => {
        const seen = {};
        const one = await put({ src: "/quarters.vrn", width: 30 });
        seen.width = box(one);
        one.setAttribute("width", "90");
        seen.wider = box(one);
        one.removeAttribute("width");
        seen.none = box(one);
        one.setAttribute("height", "80");
        seen.height = box(one);
        one.setAttribute("width", "50");
        seen.both = box(one);
        const two = await put({ src: "/quarters.vrn", width: 120 });
        seen.flat = box(two);
        two.src = "/turned.vrn";
        await until(() => two.loads === 2);
        seen.upright = box(two);
        two.src = "/quarters.vrn";
        await until(() => two.loads === 3);
        seen.flatAgain = box(two);
        for (const width of ["-5", "wide", "", "-0.5px"]) seen[`width=${width}`] = box(await put({ src: "/quarters.vrn", width }));
        seen["height=-5"] = box(await put({ src: "/quarters.vrn", width: 30, height: -5 }));
        seen["width=0"] = box(await put({ src: "/quarters.vrn", width: 0, height: 10 }));
        seen.share = box(await put({ src: "/quarters.vrn", width: "50%" }));
        seen.css = box(await put({ src: "/quarters.vrn", width: 10, height: 10 }, "width:300px;height:auto"));
        document.querySelector("main").replaceChildren();
        return seen;
      });
      assert.deepEqual(got, {
        width: [30, 20],
        wider: [90, 60],
        none: [60, 40],
        height: [120, 80],
        both: [50, 80],
        flat: [120, 80],
        upright: [120, 180],
        flatAgain: [120, 80],
        "width=-5": [60, 40],
        "width=wide": [60, 40],
        "width=": [60, 40],
        "width=-0.5px": [60, 40],
        "height=-5": [30, 20],
        "width=0": [0, 10],
        share: [512, 341.328125].map((n, i) => (i ? got.share[1] : n)),
        css: [300, 300],
      });
      assert.ok(Math.abs(got.share[1] - 1024 / 3) < 0.5, `${got.share}`);
    });

    test("no more is decoded than the box shows, and again when it grows", async () => {
      const got = await page.evaluate(async () => {
        const one = await put({ src: "/large.vrn", width: 80, height: 50 });
        const seen = { small: [canvas(one), one.scales.at(-1), [one.naturalWidth, one.naturalHeight]] };
        one.width = 200;
        one.height = 125;
        await until(() => one.complete && canvas(one)[0] > 80);
        seen.grown = canvas(one);
        one.width = 100;
        one.height = 63;
        await new Promise((resolve) => setTimeout(resolve, 300));
        seen.shrunk = [canvas(one), one.loads, one.scales.at(-1)];
        const fitted = async (style) => canvas(await put({ src: "/large.vrn" }, `width:80px;height:200px;${style}`));
        seen.fill = await fitted("");
        seen.contain = await fitted("object-fit:contain");
        seen.cover = await fitted("object-fit:cover");
        seen.own = await fitted("object-fit:none");
        const hidden = await put({ src: "/large.vrn" }, "display:none");
        seen.hidden = canvas(hidden)[0];
        hidden.style.display = "block";
        await until(() => canvas(hidden)[0] === 640);
        seen.errors = one.errors;
        document.querySelector("main").replaceChildren();
        return seen;
      });
      assert.deepEqual(got.small, [[80, 50], 1 / 8, [640, 400]]);
      assert.deepEqual(got.grown, [320, 200]);
      assert.deepEqual(got.shrunk, [[320, 200], 1, 1 / 2]);
      assert.deepEqual(
        [got.fill, got.contain, got.cover, got.own],
        [
          [320, 200],
          [80, 50],
          [320, 200],
          [640, 400],
        ],
      );
      assert.ok(got.hidden < 80, `${got.hidden}`);
    });

    test("many small ones hold little memory", async () => {
      const pixels = await page.evaluate(async () => {
        const all = await Promise.all(Array.from({ length: 24 }, (_, i) => put({ src: `/large.vrn?${i}`, width: 40, height: 25 })));
        const sum = all.map(canvas).reduce((total, [width, height]) => total + width * height, 0);
        document.querySelector("main").replaceChildren();
        return sum;
      });
      assert.equal(pixels, 24 * 40 * 25);
    });

    test("lazy: the larger picture waits until it is about to be seen", async () => {
      const got = await page.evaluate(async () => {
        const main = document.querySelector("main");
        const one = await put({ src: "/large.vrn", width: 80, height: 50, loading: "lazy" });
        const space = Object.assign(document.createElement("div"), { style: "height:6000px" });
        main.prepend(space);
        one.width = 640;
        one.height = 400;
        await new Promise((resolve) => setTimeout(resolve, 400));
        const before = canvas(one)[0];
        one.scrollIntoView();
        await until(() => canvas(one)[0] === 640);
        main.replaceChildren();
        scrollTo(0, 0);
        return before;
      });
      assert.equal(got, 80);
    });

    test("nothing of an article moves: by the style sheet where CSS reads attributes, by a style everywhere", async () => {
      for (const path of ["styled.html", "linked.html"]) {
        await page.goto(`${server.origin}/${path}`);
        const got = await page.evaluate(async () => {
          while (!globalThis.late) await new Promise((resolve) => setTimeout(resolve, 20));
          return { early, late, shift, canReadAttributes: CSS.supports("width", "attr(width px)") };
        });
        if (path === "linked.html" && !got.canReadAttributes) continue;
        assert.deepEqual(got.early, got.late, path);
        assert.equal(got.shift, 0, path);
      }
    });
  });
}
