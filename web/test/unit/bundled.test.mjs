// A server's bundle: the scripts without the files that lie beside them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
const golden = fileURLToPath(new URL("../../../tests/golden/photo_lossy.vrn", import.meta.url));
const skip = existsSync(join(dist, "node.js")) ? false : "web/dist is not built: make wasm, npm run build";

describe("bundled for Node by esbuild", { skip }, () => {
  const home = mkdtempSync(join(tmpdir(), "vaerans-bundle-"));
  after(() => rmSync(home, { recursive: true }));
  const source = `
    import { readFileSync } from "node:fs";
    import { decode, encode, info } from ${JSON.stringify(join(dist, "node.js"))};
    import { World } from ${JSON.stringify(join(dist, "pipe-node.js"))};
    (async () => {
      const file = readFileSync(${JSON.stringify(golden)});
      const { width } = await info(file);
      const bytes = await encode(await decode(file), { quality: 50 });
      const again = await decode(bytes);
      console.log(JSON.stringify([width, again.width, (await World.create()).isa]));
    })();`;
  writeFileSync(join(home, "main.mjs"), source);

  for (const [format, ending] of [
    ["esm", "mjs"],
    ["cjs", "cjs"],
  ]) {
    test(format, async () => {
      const outfile = join(home, `out/bundle.${ending}`);
      await build({ entryPoints: [join(home, "main.mjs")], bundle: true, platform: "node", format, outfile, logLevel: "silent" });
      assert.deepEqual(JSON.parse(execFileSync(process.execPath, [outfile], { encoding: "utf8", timeout: 60_000 })), [101, 101, "simd128"]);
    });
  }
});
