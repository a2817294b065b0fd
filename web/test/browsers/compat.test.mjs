/**
 * The packed package in empty projects, in browsers and run times: every case of cases.mjs.
 * What passed is written to results/compat.json, from which table.mjs makes the table of web/docs/browsers.md.
 * VAERANS_CASES=word runs the cases whose feature has the word.
 */
import assert from "node:assert/strict";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { CASES, RUNTIMES, asPython } from "./cases.mjs";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { build, develop, project, runScript, runtimes, tarball, versionOf } from "./project.mjs";
import { expectedPixels } from "./projects/common/check.js";
import { serve } from "./server.mjs";
import { PAGE, features } from "./table.mjs";

const asked = process.env.VAERANS_CASES ?? "";
const isAsked = ({ feature }) => feature.toLowerCase().includes(asked.toLowerCase());
const cases = CASES.filter(isAsked);
const passed = [];
const projects = new Map();
const served = new Map();
const closing = [];
let reference, data;

/** Made once, when the first case asks for it. */
function once(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

const projectOf = (name) =>
  once(projects, name, async () => {
    const made = await project(name);
    closing.push(made.remove);
    return made;
  });

/** What the server is to mount for a project in a mode. */
const mountOf = ({ project: name, mode, config }) =>
  once(served, `${name} ${mode} ${config}`, async () => {
    const made = await projectOf(name);
    if (mode === "build") return { folder: await build(made, config) };
    if (mode === "files") return { folder: made.folder };
    const { origin, stop } = await develop(made, config);
    closing.unshift(stop);
    return { proxy: origin };
  });

/** A picture to decode, and the package a second time beside the first. */
async function furnish({ folder }) {
  await cp(join(folder, "node_modules/vaerans"), join(folder, "second"), { recursive: true });
  const script =
    'import { writeFileSync } from "node:fs"; import { encode } from "vaerans"; import { gradient } from "./check.js";' +
    'writeFileSync("gradient.vrn", await encode(gradient(), { lossless: true })); console.log("{}");';
  await writeFile(join(folder, "furnish.mjs"), script);
  await runScript({ folder }, { program: process.execPath, args: [] }, "furnish.mjs");
  data = { files: { "gradient.vrn": await readFile(join(folder, "gradient.vrn")) } };
}

before(async () => {
  tarball();
  const made = await projectOf("plain");
  // Installed while the cases before theirs run; a failure is that of the first case that asks for it.
  for (const { project: name } of cases) projectOf(name).catch(() => {});
  await furnish(made);
  // Node's bytes are what every page and run time must give.
  reference = await runScript(made, { program: process.execPath, args: [] }, "run.mjs");
  assert.ok(reference.isExact, "Node decodes to other pixels than it encoded");
});

after(async () => {
  await Promise.allSettled(projects.values());
  for (const close of closing) await close();
  await mkdir(new URL("./results/", import.meta.url), { recursive: true });
  if (!asked) await writeFile(new URL("./results/compat.json", import.meta.url), `${JSON.stringify(passed, null, 1)}\n`);
});

function compare(got) {
  assert.equal(got.error, undefined);
  assert.ok(got.isExact, `other pixels than encoded: ${JSON.stringify(got.lossless)}`);
  for (const name of ["lossless", "quality"]) if (got[name]) assert.deepEqual(got[name], reference[name], `${name}: not what Node gives`);
}

async function runCase(one, browser) {
  const mount = await mountOf(one);
  const server = await serve({ "/": { ...mount, ...one.mount }, "/data/": data });
  const foreign = one.isForeign && (await serve({ "/cdn/": { folder: join(mount.folder, "node_modules/vaerans"), cors: true } }));
  try {
    const query = foreign ? `?from=${foreign.origin}/cdn/dist/index.js` : "";
    const page = await browser.open(`${server.origin}/${one.page ?? ""}${query}`);
    try {
      if (one.mount?.isolated) assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), true);
      // Vite may reload the page while it prepares its packages.
      const got = await page.evaluate(() => globalThis.result).catch(() => page.evaluate(() => globalThis.result));
      assert.ok(got, `the page's script did not run: ${JSON.stringify(await page.console())}`);
      compare(got);
      assert.equal(one.expect(got, { browser: browser.name, requests: page.requests() }), "");
    } catch (error) {
      const said = await page.console().catch(() => []);
      error.message += `\nconsole: ${JSON.stringify(said)}\nrequests: ${page
        .requests()
        .map((entry) => `${entry.status} ${entry.path}`)
        .join(", ")}`;
      throw error;
    } finally {
      await page.close();
    }
  } finally {
    await server.close();
    if (foreign) await foreign.close();
  }
}

for (const name of BROWSERS) {
  const here = cases.filter((one) => one.browsers.includes(name));
  if (here.length === 0) continue;
  describe(name, { skip: whyNot(name), timeout: 900_000 }, () => {
    let browser;
    before(async () => (browser = await launch(name)));
    after(() => browser?.close());
    for (const one of here) {
      test(one.feature, { timeout: 300_000 }, async () => {
        await runCase(one, browser);
        passed.push({ feature: one.feature, browser: name, version: browser.version });
      });
    }
  });
}

describe("run times", { timeout: 300_000 }, () => {
  const programs = runtimes();
  for (const name of RUNTIMES.filter((feature) => isAsked({ feature }))) {
    const skip = existsSync(programs[name].program) ? false : `npm has no ${name} for this platform`;
    for (const script of ["run.mjs", "pipe.mjs", ...(name.startsWith("Node") ? ["ssr.mjs"] : [])]) {
      const feature = {
        "run.mjs": "encode and decode in a script",
        "pipe.mjs": "`vaerans/pipe` in a script: Python's bytes",
        "ssr.mjs": "import for server-side rendering, without touching browser globals",
      }[script];
      test(`${name}: ${feature}`, { skip }, async () => {
        const made = await projectOf("plain");
        const got = await runScript(made, programs[name], script);
        if (script !== "ssr.mjs") compare(got);
        if (script === "pipe.mjs") assert.equal(asPython(got), "");
        if (script === "ssr.mjs") assert.deepEqual(got, { touched: [], areWhole: true });
        passed.push({ feature, browser: name, version: await versionOf(programs[name]) });
      });
    }
  }
});

test("web/docs/browsers.md has a row for every case, and no other", async () => {
  const rows = features(await readFile(PAGE, "utf8"));
  const marked = rows.map(([feature, ...cells]) => [feature, BROWSERS.filter((_, i) => cells[i] === "tested here").join()]);
  assert.deepEqual(
    marked,
    CASES.map(({ feature, browsers }) => [feature, browsers.join()]),
    "node web/test/browsers/table.mjs --write",
  );
});

test("the gradient's pixels are told apart by their hash", () => {
  assert.notEqual(expectedPixels(3), expectedPixels(4));
});
