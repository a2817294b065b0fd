// What `npm pack` puts into the package: nothing that it names is missing.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("../..", import.meta.url));
const skip = existsSync(join(web, "dist/node.js")) ? false : "web/dist is not built: make wasm, npm run build";

describe("the tarball", { skip }, () => {
  const home = mkdtempSync(join(tmpdir(), "vaerans-tarball-"));
  after(() => rmSync(home, { recursive: true }));
  const packed = skip ? "" : execFileSync("npm", ["pack", "--silent", "--pack-destination", home], { cwd: web, encoding: "utf8", timeout: 60_000 }).trim();
  if (packed) execFileSync("tar", ["-xzf", join(home, packed), "-C", home]);
  const root = join(home, "package");
  const files = skip ? [] : readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)));
  const read = (path) => readFileSync(join(root, path), "utf8");

  test("holds both licences, whole, and the notice; packing leaves none behind", () => {
    for (const name of ["LICENSE-MIT", "LICENSE-APACHE", "NOTICE"]) {
      assert.equal(read(name), readFileSync(join(web, "..", name), "utf8"));
      assert.ok(!existsSync(join(web, name)), name);
    }
  });

  test("links of its pages lead to its files", () => {
    for (const page of paths.filter((path) => path.endsWith(".md"))) {
      const targets = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target.split("#")[0]);
      for (const target of targets.filter((target) => target && !/^https?:/.test(target))) {
        assert.ok(paths.includes(join(dirname(page), target)), `${page}: ${target}`);
      }
    }
  });

  test("each copy of a module is one that a script asks for", () => {
    const scripts = paths.filter((path) => /^dist\/[^/]+\.js$/.test(path)).map(read);
    const copies = paths.filter((path) => path.startsWith("dist/inline/")).map((path) => path.replace("dist", "."));
    assert.ok(copies.length >= 4);
    assert.deepEqual(
      copies.filter((path) => !scripts.some((text) => text.includes(path))),
      [],
    );
  });

  test("files that package.json names are there, and source maps that scripts name", () => {
    const { exports: entries, main, browser, types, bin } = JSON.parse(read("package.json"));
    const leaves = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(leaves));
    const named = leaves([entries, main, browser, types, bin]).filter((path) => !path.includes("*"));
    for (const path of named) assert.ok(paths.includes(join(path)), path);
    for (const path of paths.filter((path) => /\.m?js$/.test(path))) {
      const [, map] = /^\/\/# sourceMappingURL=(\S+)/m.exec(read(path)) ?? [];
      if (map) assert.ok(paths.includes(join(dirname(path), map)), `${path}: ${map}`);
    }
  });
});
