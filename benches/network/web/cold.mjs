/** One cold start in this process: `node cold.mjs ours|peer SCRIPT FOLDER` prints its milliseconds. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cold } from "./turns.js";

const [which, script, folder] = process.argv.slice(2);
console.log(await cold(which, script, folder, JSON.parse(await readFile(join(folder, "case.json"), "utf8"))));
process.exit(0);
