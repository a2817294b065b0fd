// Runs the parity corpus of a wasm module in Node and prints its report.
import { readFile } from "node:fs/promises";

const { instance } = await WebAssembly.instantiate(await readFile(process.argv[2]), {});
const { memory, run_report, report_ptr } = instance.exports;
const length = run_report();
process.stdout.write(new TextDecoder().decode(new Uint8Array(memory.buffer, report_ptr(), length)));
