/** What the results of a run (report.js) come to. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * How many results of an engine, in all its runs, may be wrong once and right in every further try; others may have none. WebKitGTK 2.50
 * runs wrong what it has just compiled, rarely, when several threads have modules: docs/decisions/0011-wrong-once-in-webkit.md.
 */
const WRONG_ONCE = { webkit: 1 };

/** Keeps count of an engine's results that were wrong once. `folder`: where what was made in place of the expected is put. */
export class Verdict {
  wrongOnce = {};

  constructor(folder) {
    this.folder = folder;
  }

  /** The faults of one run of `engine`, and what is borne, in words. */
  of(engine, run, { wrong, first, unsteady }) {
    const faults = first.map((difference) => this.#inWords(engine, run, difference));
    if (wrong > first.length) faults.push(`and ${wrong - first.length} more`);
    const once = unsteady.map((difference) => `wrong once, right ever after: ${this.#inWords(engine, run, difference)}`);
    this.wrongOnce[engine] = (this.wrongOnce[engine] ?? 0) + once.length;
    const isBorne = this.wrongOnce[engine] <= (WRONG_ONCE[engine] ?? 0);
    return isBorne ? { faults, borne: once } : { faults: [...faults, ...once], borne: [] };
  }

  #inWords(engine, run, { kind, item, expected, got, kept }) {
    const said = `${kind}: ${item}\n    expected ${expected}\n    got      ${got}`;
    return kept ? `${said}\n    in       ${this.#write(`${engine} ${run} ${kind} ${item}`, kept)}` : said;
  }

  #write(name, kept) {
    const path = join(this.folder, name.replace(/[^\w.-]+/g, "-").slice(0, 120));
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(path, Buffer.from(kept, "base64"));
    return path;
  }
}
