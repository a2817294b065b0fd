// What the built files may and may not hold.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { SourceMap } from "node:module";
import { test } from "node:test";
import { shortNames } from "../../tools/glue.mjs";

const dist = new URL("./.dist/", import.meta.url);
const scripts = readdirSync(dist).filter((name) => name.endsWith(".js"));
const read = (name) => readFileSync(new URL(name, dist), "utf8");

test("no eval, no blob worker, no bare wasm import, no loader of wasm-bindgen", () => {
  for (const name of scripts) {
    const text = read(name);
    assert.doesNotMatch(text, /\beval\(|new Function|createObjectURL|_bg\.wasm/, name);
    assert.doesNotMatch(text, /(from|import)\s*\(?"[^"]*\.wasm"/, name);
  }
});

test("files that bundlers must emit are named by literals", () => {
  const text = read("index.js");
  assert.match(text, /new URL\("\.\/wasm\/decoder-simd\.wasm",import\.meta\.url\)/);
  assert.match(text, /new Worker\(new URL\("\.\/worker\.js",import\.meta\.url\),\{type:"module"\}\)/);
  assert.doesNotMatch(text, /^import/);
  const all = scripts.map(read).join("");
  for (const [, name] of all.matchAll(/new URL\("\.\/([^"]+)"/g)) readFileSync(new URL(name, dist));
});

test("what is loaded on demand is one file without imports: one request each", () => {
  const chunks = [...read("index.js").matchAll(/import\("\.\/([\w-]+\.js)"\)/g)].map(([, name]) => name);
  assert.deepEqual(chunks.map((name) => name.replace(/-[0-9A-Z]{8}\.js$/, ".js")).sort(), [
    "encode.js",
    "local.js",
    "progressive.js",
    "rare.js",
    "space.js",
    "split.js",
    "threads.js",
  ]);
  for (const name of chunks) assert.doesNotMatch(read(name), /\bfrom\s*"\./, name);
});

test("vaerans/decode and its element name no encoder, no pipes, no threads, no copies of wasm: bundlers emit what is named", () => {
  const seen = new Set();
  const follow = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    if (!name.endsWith(".js")) return;
    for (const [, next] of read(name).matchAll(/"\.\/([\w/-]+\.(?:js|wasm))"/g)) follow(next);
  };
  follow("decode-img.js");
  const plain = [...seen].map((name) => name.replace(/-[0-9A-Z]{8}\.js$/, ".js")).sort();
  assert.deepEqual(plain, [
    "decode-img.js",
    "decode-progressive.js",
    "decode-rare.js",
    "decode-space.js",
    "decode-split.js",
    "decode-threads.js",
    "decode.js",
    "local.js",
    "wasm/decoder-base.wasm",
    "wasm/decoder-simd.wasm",
    "worker.js",
  ]);
});

test("workers are single files: bundlers make classic scripts of them", () => {
  for (const name of scripts.filter((name) => name.includes("worker"))) assert.doesNotMatch(read(name), /\bimport\b|\bexport\b/, name);
});

test("every script names a source map beside it, with the text of each source and no place of this machine", () => {
  for (const name of scripts.filter((name) => name !== "jsx.js")) {
    const [, map] = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(read(name)) ?? [];
    assert.equal(map, `${name}.map`);
    const { sources, sourcesContent } = JSON.parse(read(map));
    for (const source of sources) assert.match(source, /^\.\.\/(src\/[\w-]+\.ts|wasm\/\w+-\w+\.js)$/, name);
    assert.equal(sourcesContent.filter(Boolean).length, sources.length, name);
  }
});

test("a place in a script leads to the line that it was made of", () => {
  const text = read("index.js").split("\n");
  const said = "the Response was read before";
  const line = text.findIndex((line) => line.includes(said));
  const payload = JSON.parse(read("index.js.map"));
  const found = new SourceMap(payload).findEntry(line, text[line].indexOf(said));
  assert.equal(found.originalSource, "../src/source.ts");
  const source = payload.sourcesContent[payload.sources.indexOf("../src/source.ts")].split("\n");
  assert.match(source[found.originalLine], new RegExp(said));
});

test("names of imports keep their lengths and stay apart", () => {
  const glue = "a={__wbg_new_33efa33c19b3d7ca:b,__wbg_new_800bd1a8fddc323c:c,__wbg___wbindgen_throw_4c88d8bf264fd984:d,__wbindgen_generic_0000000000000001:e}";
  const short = shortNames(glue);
  assert.equal(short.length, glue.length);
  assert.match(short, /__wbg_new_33ef0{12}:b,__wbg_new_800b0{12}:c,__wbg___wbindgen_throw_4c880{12}:d,__wbindgen_generic_0{15}1:e/);
  assert.equal(shortNames(short), short);
  assert.throws(() => shortNames("__wbg_new_33efa33c19b3d7ca __wbg_new_33efa33c19b3d7cb"), /one name/);
});

test("vaerans/decode has the same names in Node and in a page, and no encoder", () => {
  const names = (name) => [...read(name).matchAll(/export\{([^}]*)\}/g)].flatMap(([, list]) => list.split(",").map((one) => one.split(" as ").pop())).sort();
  assert.deepEqual(names("decode-node.js"), names("decode.js"));
  assert.ok(names("decode.js").includes("decode") && !names("decode.js").includes("encode"));
});
