// The element and the service-worker helper where no page is: imported for server-side rendering, and what needs none.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const dist = new URL("./.dist/", import.meta.url);

test("importing touches no global of a browser, and define() does nothing there", () => {
  const script = `
    const touched = [];
    for (const name of ["window", "document", "self", "Worker", "navigator", "location", "fetch", "customElements", "HTMLElement", "ImageData",
      "OffscreenCanvas", "caches", "IntersectionObserver", "CSSStyleSheet", "addEventListener"]) {
      Object.defineProperty(globalThis, name, { configurable: true, get: () => void touched.push(name) });
    }
    const { define } = await import(${JSON.stringify(String(new URL("img.js", dist)))});
    const { handle, install } = await import(${JSON.stringify(String(new URL("sw.js", dist)))});
    const seen = [...touched];
    define();
    console.log(JSON.stringify([seen, typeof handle, typeof install]));`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: fileURLToPath(dist), encoding: "utf8" });
  assert.deepEqual(JSON.parse(out), [[], "function", "function"]);
});
