// What the built files may and may not hold.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

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
  for (const name of chunks) assert.doesNotMatch(read(name), /\bfrom\s*"/, name);
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
