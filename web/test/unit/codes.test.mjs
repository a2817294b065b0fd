// Every code that the package raises stands in docs/errors.md.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const sources = new URL("../../src/", import.meta.url);
const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
const known = new Set([...page.matchAll(/^\| `([a-z_.]+)`/gm)].map((m) => m[1]));
const families = "unavailable|stream|param|limit|data|pipe|model|internal";

test("every code that is raised is in the table of errors, and every code of the browser alone is raised", () => {
  const raised = new Set();
  for (const file of readdirSync(sources).filter((name) => name.endsWith(".ts")))
    for (const [, code] of readFileSync(new URL(file, sources), "utf8").matchAll(new RegExp(`"((?:${families})\\.[a-z_]+)"`, "g"))) raised.add(code);
  assert.ok(raised.size > 8);
  assert.deepEqual(
    [...raised].filter((code) => !known.has(code)),
    [],
  );
  const own = Object.keys(JSON.parse(readFileSync(new URL("codes.json", sources))));
  assert.deepEqual(
    own.filter((code) => !raised.has(code)),
    [],
  );
});
