// The package of the trained model, as npm packs it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const source = fileURLToPath(new URL("../../vae", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));
const model = join(root, "python/vaerans_ecs/data/vae");
const json = (path) => JSON.parse(readFileSync(path, "utf8"));
const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/"))
    .sort();

describe("vaerans-vae", () => {
  const home = mkdtempSync(join(tmpdir(), "vaerans-model-"));
  after(() => rmSync(home, { recursive: true }));
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", home], { cwd: source, encoding: "utf8", timeout: 60_000 }).trim();
  const installed = join(home, "node_modules/vaerans-vae");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(home, packed), "-C", installed, "--strip-components=1"]);
  const load = (name) => import(pathToFileURL(join(installed, name)).href);

  test("holds the model's files to the byte, and packing leaves none in the repository", () => {
    assert.deepEqual(filesOf(join(installed, "files")), filesOf(model));
    for (const name of filesOf(model)) assert.deepEqual(readFileSync(join(installed, "files", name)), readFileSync(join(model, name)), name);
    for (const name of ["files", "NOTICE", "vae1.md"]) assert.ok(!existsSync(join(source, name)), name);
  });

  test("holds the licences, the notice, the photos and the model's card", () => {
    const from = { "vae_photos.tsv": "python/vaerans_ecs/data/", "vae1.md": "docs/models/" };
    for (const name of ["LICENSE-MIT", "LICENSE-APACHE", "NOTICE", "vae1.md", "vae_photos.tsv"]) {
      assert.equal(readFileSync(join(installed, name), "utf8"), readFileSync(join(root, from[name] ?? "", name), "utf8"), name);
    }
  });

  test("its URLs are read in Node, and those of decode are the ones that need no encoder", async () => {
    const [{ urls }, { urls: decoding }] = [await load("index.js"), await load("decode.js")];
    assert.deepEqual(Object.keys(decoding), ["head", "predictor", "decoder", "enhancement"]);
    assert.deepEqual(urls, { ...decoding, encoder: urls.encoder, analysis: urls.analysis });
    for (const [name, one] of Object.entries(urls)) {
      const parts = one instanceof URL ? { [`${name}.bin`]: one } : { [`${name}/plan.bin`]: one.plan, [`${name}/weights.bin`]: one.weights };
      for (const [file, url] of Object.entries(parts)) assert.deepEqual(readFileSync(url), readFileSync(join(model, file)), file);
    }
  });

  test("has the version of the package that runs it, which names it as one that may be there", () => {
    const own = json(join(installed, "package.json"));
    const { version, peerDependencies, peerDependenciesMeta, dependencies } = json(join(source, "../package.json"));
    assert.equal(own.version, version);
    assert.deepEqual([peerDependencies, peerDependenciesMeta], [{ "vaerans-vae": version }, { "vaerans-vae": { optional: true } }]);
    assert.equal(dependencies ?? own.dependencies, undefined);
  });

  test("links of its pages lead to its files", () => {
    for (const name of ["README.md", "vae1.md"]) {
      const targets = [...readFileSync(join(installed, name), "utf8").matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target]) => target);
      for (const target of targets) assert.ok(existsSync(join(installed, target)), `${name}: ${target}`);
    }
  });
});
