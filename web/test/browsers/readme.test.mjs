/** The blocks of web/README.md that need a page, run in one: each as a script of its own, the package by an import map. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { blocks } from "../unit/readme.mjs";
import { launch, whyNot } from "./drive.mjs";
import { files } from "./pictures.mjs";
import { serve } from "./server.mjs";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const MAP = {
  imports: {
    vaerans: "/vaerans/index.js",
    "vaerans/img": "/vaerans/img.js",
    "vaerans/sw": "/vaerans/sw.js",
    "vaerans/nn": "/vaerans/nn.js",
    "vaerans/learned": "/vaerans/learned.js",
  },
};
const shipped = fileURLToPath(new URL("../../../python/vaerans_ecs/data/pil", import.meta.url));
const codec = fileURLToPath(new URL("../../../python/vaerans_ecs/data/vae", import.meta.url));
const networks = fileURLToPath(new URL("../../build/nn", import.meta.url));
const pageOf = (code, language) => `<!doctype html><meta charset=utf-8><title>block</title><script type="importmap">${JSON.stringify(MAP)}</script><body>
${language === "html" ? code : `<script type="module">${code}\nglobalThis.done = true;</script>`}`;

describe("README, in Chromium", { skip: whyNot("chromium"), timeout: 200_000 }, () => {
  const own = blocks.map((block, i) => ({ ...block, i })).filter(({ kind }) => kind === "page");
  let browser, server;
  before(async () => {
    const { "large.vrn": photo } = await files();
    // A service worker has no import map.
    const service = blocks.find(({ kind }) => kind === "service").code.replace('"vaerans/sw"', '"/vaerans/sw.js"');
    const pages = Object.fromEntries(own.map(({ i, code, language }) => [`${i}.html`, pageOf(code, language)]));
    server = await serve({
      "/": { files: { ...pages, "photo.vrn": photo, "sw.js": service } },
      "/vaerans/": { folder: dist },
      "/models/pil/": { folder: shipped },
      "/models/": { folder: networks },
      "/vae/": { folder: codec },
      "/node_modules/vaerans/dist/": { folder: dist },
    });
    browser = await launch("chromium");
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const { i, code, language } of own) {
    test(`block ${i}: ${code.split("\n")[0]}`, async () => {
      const page = await browser.open(`${server.origin}/${i}.html`);
      const got = await page.evaluate(async (isHtml) => {
        const started = performance.now();
        const ended = () => (isHtml ? document.querySelector("vaerans-img").complete && document.querySelector("vaerans-img").naturalWidth : globalThis.done);
        while (!ended() && performance.now() - started < 20_000) await new Promise((resolve) => setTimeout(resolve, 20));
        const width = document.querySelector("canvas")?.width;
        return { isDone: !!ended(), width, element: document.querySelector("vaerans-img")?.getBoundingClientRect().width };
      }, language === "html");
      const said = await page.console();
      assert.ok(got.isDone, JSON.stringify(said));
      assert.deepEqual(
        said.filter(({ type, text }) => type === "exception" || (type === "error" && !text.includes("favicon") && !text.includes("404"))),
        [],
      );
      if (code.includes("putImageData")) assert.equal(got.width, 640);
      if (language === "html") assert.equal(got.element, 120);
      if (code.includes("serviceWorker")) {
        const width = await page.evaluate(async () => {
          if (!navigator.serviceWorker.controller) await new Promise((resolve) => (navigator.serviceWorker.oncontrollerchange = resolve));
          const image = Object.assign(new Image(), { src: "/photo.vrn" });
          await image.decode();
          return image.naturalWidth;
        });
        assert.equal(width, 640);
      }
      await page.close();
    });
  }
});
