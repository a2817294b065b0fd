/** The package of the trained model, packed, in a page without a bundler and in those of bundlers: what is imported is there, and nothing else. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, whyNot } from "./drive.mjs";
import { build, develop, modelTarball, project } from "./project.mjs";
import { serve } from "./server.mjs";

const MODEL = fileURLToPath(new URL("../../../python/vaerans_ecs/data/vae/", import.meta.url));
const DECODING = ["head", "predictor", "decoder.plan", "decoder.weights", "enhancement.plan", "enhancement.weights"];
const ALL = [...DECODING, "encoder.plan", "encoder.weights", "analysis.plan", "analysis.weights"];
/** Vite puts smaller files into the script. */
const INLINED = 4096;

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const script = (from) => `import { urls } from ${JSON.stringify(from)};
  const flat = Object.entries(urls).flatMap(([name, one]) => (one instanceof URL ? [[name, one]] : Object.entries(one).map(([part, url]) => [name + "." + part, url])));
  const digest = async (url) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", await (await fetch(url)).arrayBuffer()))];
  globalThis.result = Promise.all(flat.map(async ([name, url]) => [name, (await digest(url)).map((byte) => byte.toString(16).padStart(2, "0")).join("")]));`;
const page = (name) => `<!doctype html><title>model</title><link rel="icon" href="data:," /><script type="module" src="./${name}.js"></script>`;
const PAGES = { decoding: script("vaerans-vae/decode"), whole: script("vaerans-vae"), none: "globalThis.result = [];" };

const viteConfig = (name) => `export default { base: "./", build: { rollupOptions: { input: ["${name}.html"] } } };`;
const webpackConfig = (name) =>
  `module.exports = { mode: "production", entry: { "${name}": "./${name}.js" }, output: { clean: true }, performance: { hints: false } };`;

/** Names of the model's files whose bytes are a file of the folder. */
async function emitted(folder, digests) {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const there = new Set(await Promise.all(files.map(async (file) => sha256(await readFile(join(file.parentPath ?? file.path, file.name))))));
  return ALL.filter((name) => there.has(digests[name].sha256));
}

describe("the model's files", { timeout: 600_000 }, () => {
  const digests = {};
  const closing = [];
  let browser;

  before(async () => {
    for (const name of ALL) {
      const bytes = await readFile(join(MODEL, `${name.replace(".", sep)}.bin`));
      digests[name] = { sha256: sha256(bytes), length: bytes.length };
    }
    if (!whyNot("chromium")) browser = await launch("chromium");
  });
  after(async () => {
    await browser?.close();
    for (const close of closing) await close();
  });

  async function furnished(name) {
    const made = await project(name, modelTarball());
    closing.push(made.remove);
    for (const [entry, text] of Object.entries(PAGES)) {
      await writeFile(join(made.folder, `${entry}.html`), page(entry));
      await writeFile(join(made.folder, `${entry}.js`), text);
      const config = name === "webpack5" ? [`${entry}.config.cjs`, webpackConfig(entry)] : [`${entry}.config.mjs`, viteConfig(entry)];
      await writeFile(join(made.folder, config[0]), config[1]);
    }
    return made;
  }

  /** What a page has read, by the names of the files. */
  async function read(mount, path) {
    const server = await serve({ "/": mount });
    try {
      const opened = await browser.open(`${server.origin}/${path}`);
      // Vite may reload the page while it prepares its packages.
      const got = await opened.evaluate(() => globalThis.result).catch(() => opened.evaluate(() => globalThis.result));
      await opened.close();
      return Object.fromEntries(got);
    } finally {
      await server.close();
    }
  }

  const expected = (names) => Object.fromEntries(names.map((name) => [name, digests[name].sha256]));

  for (const name of ["vite8", "vite7", "webpack5"]) {
    test(`${name}: a build has the files that are imported, to the byte, and no others`, { timeout: 200_000 }, async () => {
      const made = await furnished(name);
      const isKept = (file) => name === "webpack5" || digests[file].length >= INLINED;
      for (const [entry, names] of Object.entries({ none: [], decoding: DECODING, whole: ALL })) {
        const folder = await build(made, `${entry}.config.${name === "webpack5" ? "cjs" : "mjs"}`);
        assert.deepEqual(await emitted(folder, digests), names.filter(isKept), entry);
        if (browser) assert.deepEqual(await read({ folder }, `${entry}.html`), expected(names), entry);
      }
    });
  }

  /** vite dev: its own configuration, where one is needed. */
  for (const [name, config] of [["vite8"], ["vite7", `export default { optimizeDeps: { exclude: ["vaerans-vae"] } };`]]) {
    test(`${name}, development`, { skip: whyNot("chromium"), timeout: 200_000 }, async () => {
      const made = await furnished(name);
      if (config) await writeFile(join(made.folder, "vite.config.js"), config);
      const { origin, stop } = await develop(made);
      try {
        assert.deepEqual(await read({ proxy: origin }, "whole.html"), expected(ALL));
      } finally {
        await stop();
      }
    });
  }

  test("without a bundler: an import map will do", { skip: whyNot("chromium"), timeout: 100_000 }, async () => {
    const made = await furnished("plain");
    const map = `<script type="importmap">{ "imports": { "vaerans-vae": "./node_modules/vaerans-vae/index.js" } }</script>`;
    await writeFile(join(made.folder, "whole.html"), `${map}${page("whole")}`);
    assert.deepEqual(await read({ folder: made.folder }, "whole.html"), expected(ALL));
  });
});
