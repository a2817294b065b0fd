// Cargo's runner for tests of wasm32-unknown-unknown: node tools/wasm_test_runner.mjs TEST.wasm
//
// Rust's test harness works there without threads, clock and output. A test that panics traps; otherwise `main` gives 0.
import { readFileSync } from 'node:fs';

const path = process.argv[2];
const module = await WebAssembly.compile(readFileSync(path));
const imports = WebAssembly.Module.imports(module);
if (imports.length > 0) {
  console.error(`${path}: imports ${imports.map((i) => `${i.module}.${i.name}`).join(', ')}; a test may need none`);
  process.exit(1);
}
const { exports } = await WebAssembly.instantiate(module, {});
try {
  const status = exports.main(0, 0);
  console.log(`${path.replace(/.*\//, '')}: ${status === 0 ? 'ok' : `status ${status}`}`);
  process.exit(status);
} catch (error) {
  console.error(`${path}: a test panicked\n${error.stack}`);
  process.exit(101);
}
