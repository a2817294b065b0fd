// The code blocks of README.md that need no page are run; those of a page are run by test/browsers/readme.test.mjs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { blocks } from "./readme.mjs";

const web = fileURLToPath(new URL("../..", import.meta.url));
const skip = existsSync(join(web, "dist/node.js")) ? false : "web/dist is not built: make wasm, npm run build";

test("every block says how it is run; commands of npm and Python, what these write, and TSX, which the tests of types compile, are not", () => {
  const others = blocks.filter(({ kind, language }) => language !== "tsx" && !["page", "node", "service", "run"].includes(kind));
  const beginnings = others.map(({ code }) => code.slice(0, 14));
  assert.deepEqual(beginnings, ["npm i vaerans\n", "pip install 'v", '<script type="']);
  assert.deepEqual(new Set(blocks.map(({ kind }) => kind).filter(Boolean)), new Set(["page", "node", "service", "run"]));
});

describe("in Node", { skip }, () => {
  const home = mkdtempSync(join(tmpdir(), "vaerans-readme-"));
  after(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, "node_modules/.bin"), { recursive: true });
  symlinkSync(web, join(home, "node_modules/vaerans"));
  const bin = join(web, "bin/vaerans-encode.mjs");
  chmodSync(bin, 0o755);
  symlinkSync(bin, join(home, "node_modules/.bin/vaerans-encode"));
  writeFileSync(join(home, "package.json"), '{"name":"readme","private":true,"type":"module"}');
  cpSync(join(web, "../tests/golden/photo_lossy.vrn"), join(home, "photo.vrn"));
  const digits = join(web, "build/nn/digits");
  if (existsSync(digits)) cpSync(digits, join(home, "models/digits"), { recursive: true });
  mkdirSync(join(home, "photos"));
  const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  writeFileSync(join(home, "photos/one.png"), Buffer.from(onePixel, "base64"));

  for (const [i, { kind, code }] of blocks.entries()) {
    if (kind === "node") {
      const isNetwork = code.includes("vaerans/nn");
      const skip = isNetwork && !existsSync(digits) ? "web/build/nn is not there: make test-web" : false;
      test(`block ${i}: ${code.split("\n")[0]}`, { skip }, () => {
        writeFileSync(join(home, `block${i}.mjs`), code);
        const said = execFileSync(process.execPath, [`block${i}.mjs`], { cwd: home, encoding: "utf8", timeout: 60_000 });
        if (isNetwork) assert.match(said, /^\[1,10\]$/m);
        else assert.match(said, code.includes("stream.magic") ? /^stream\.magic$/m : /^\d+ \d+ (true|false) \d+$/m);
      });
    }
    if (kind === "run") {
      const skip = existsSync(join(web, "dist/reader.js")) ? false : "the readers are not built: tools/wasm.sh reader-simd, npm run build";
      test(`block ${i}: ${code.split("\n")[0]}`, { skip }, () => {
        for (const line of code.trim().split("\n")) execFileSync("sh", ["-c", line.replace("npx ", "npx --no-install ")], { cwd: home, timeout: 60_000 });
        assert.deepEqual([existsSync(join(home, "public/photos/one.vrn")), existsSync(join(home, "public/exact/one.vrn"))], [true, true]);
      });
    }
  }
});
