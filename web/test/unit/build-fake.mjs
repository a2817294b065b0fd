// Builds the package over the fake glue into test/unit/.dist.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const wasm = join(here, ".dist-wasm");
mkdirSync(wasm, { recursive: true });
for (const name of ["decoder", "encoder"]) {
  for (const variant of ["base", "simd", "threads"]) {
    cpSync(join(here, "fake/glue.js"), join(wasm, `${name}-${variant}.js`));
    // An empty module with a custom section "v" that holds the variant's name.
    const section = [1, 118, ...Buffer.from(variant)];
    writeFileSync(join(wasm, `${name}-${variant}.wasm`), Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 0, section.length, ...section]));
  }
}
execFileSync(process.execPath, [join(here, "../../build.mjs"), "--quiet", "--wasm", wasm, "--out", join(here, ".dist")], { stdio: "inherit" });
rmSync(wasm, { recursive: true });
