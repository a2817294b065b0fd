/** How much of a file <vaerans-img> decodes where a pixel of CSS is several of the screen: enough for its box, and not more. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { MAIN, PAGE } from "./box-page.mjs";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { files } from "./pictures.mjs";
import { serve } from "./server.mjs";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const [WIDTH, HEIGHT] = [640, 400]; // of large.vrn

const BOXES = [15, 20, 27, 40, 53, 54, 79.7, 80, 80.4, 81, 107, 160, 163, 213, 320, 330];

/** The smallest level that has a pixel for each of the screen; what a layout has beyond half of one counts as one. */
function expected(width, density) {
  const isEnough = (level) => level >= width * density - 0.5;
  const level = [20, 40, 80, 160, 320].find(isEnough) ?? WIDTH;
  return [level, Math.ceil((level * HEIGHT) / WIDTH)];
}

/** Runs in the page. */
async function shown(boxes) {
  const seen = { density: devicePixelRatio, boxes: [] };
  for (const width of boxes) seen.boxes.push(canvas(await put({ src: "/large.vrn" }, `width:${width}px`)));
  document.querySelector("main").replaceChildren();
  const one = await put({ src: "/large.vrn", width: 40, height: 25 });
  seen.small = [canvas(one), one.scales.at(-1)];
  one.width = 100;
  one.height = 62;
  await until(() => one.complete && canvas(one)[0] >= 100 * devicePixelRatio);
  seen.grown = canvas(one);
  return seen;
}

async function opened(name, density) {
  const server = await serve({ "/": { files: { "index.html": PAGE, "main.js": MAIN, ...(await files()) } }, "/vaerans/": { folder: dist } });
  const browser = await launch(name, { density }).catch((error) => server.close().then(() => Promise.reject(error)));
  const page = await browser.open(`${server.origin}/`, { width: 600, height: 400 });
  await page.evaluate("async () => { while (!globalThis.ready) await new Promise((r) => setTimeout(r, 20)); }");
  return { page, close: () => browser.close().finally(() => server.close()) };
}

function move({ kind, devtools, page }, deviceScaleFactor) {
  const size = { width: 600, height: 400, deviceScaleFactor };
  return kind === "playwright" ? devtools.send("Emulation.setDeviceMetricsOverride", { ...size, mobile: true }) : page.setViewport(size);
}

for (const name of BROWSERS) {
  describe(name, { skip: whyNot(name), timeout: 300_000 }, () => {
    for (const density of [1, 2, 3]) {
      test(`${density} pixels of the screen to one of CSS: for each box the level that is enough, again when it grows`, async () => {
        const { page, close } = await opened(name, density);
        const got = await page.evaluate(shown, BOXES).finally(close);
        assert.equal(got.density, density);
        assert.deepEqual(
          got.boxes,
          BOXES.map((width) => expected(width, density)),
        );
        assert.deepEqual(got.small, [expected(40, density), expected(40, density)[0] / WIDTH]);
        assert.deepEqual(got.grown, expected(100, density));
      });
    }

    test("a page that is moved to a finer screen", { skip: name === "webkit" && "its driver has no way to" }, async () => {
      const { page, close } = await opened(name, 1);
      try {
        const [before, after] = [
          await page.evaluate(async () => canvas((globalThis.one = await put({ src: "/large.vrn" }, "width:80px")))),
          await move(page.native, 3).then(() =>
            page.evaluate(async () => {
              document.body.append("moved"); // a browser without a window looks at its screen when there is something to draw
              await until(() => one.complete && canvas(one)[0] >= 240);
              return [devicePixelRatio, canvas(one)];
            }),
          ),
        ];
        assert.deepEqual([before, after], [expected(80, 1), [3, expected(80, 3)]]);
      } finally {
        await close();
      }
    });
  });
}
