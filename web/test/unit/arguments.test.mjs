// Whatever is passed in: a VaeransError with a code of docs/errors.md, and the instance answers the next call.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { net, page, toy } from "./page.mjs";
import { VaeransError, decode, decodeProgressive, dispose, encode, info, init } from "./.dist/index.js";

const known = new Set([...readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8").matchAll(/^\| `([a-z_.]+)`/gm)].map((m) => m[1]));
const pixels = { data: new Uint8Array(12), width: 2, height: 2 };
const nothing = () => {};
const unhandled = [];
process.on("unhandledRejection", (error) => unhandled.push(error));
before(() => page());
after(() => dispose());

/** The code that a call rejects with; it must be one. */
async function codeOf(call, what) {
  const error = await call().then(
    () => `no error: ${what}`,
    (error) => error,
  );
  assert.ok(error instanceof VaeransError, `${error?.stack ?? String(error)}`);
  assert.ok(known.has(error.code), error.code);
  assert.ok(error.message.startsWith(`[${error.code}] `) && error.message.length > error.code.length + 10, error.message);
  return error.code;
}

const detached = () => {
  const bytes = toy();
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
};
const locked = () => {
  const stream = new Blob([toy()]).stream();
  stream.getReader();
  return stream;
};
const SOURCES = {
  undefined: () => undefined,
  null: () => null,
  number: () => 5,
  text: () => "photo.vrn",
  symbol: () => Symbol("s"),
  bigint: () => 5n,
  function: () => nothing,
  array: () => [1, 2, 3],
  object: () => ({}),
  promise: () => Promise.resolve(toy()),
  "a view that was handed over": detached,
  "a buffer that was handed over": () => detached().buffer,
  "a stream that is read": locked,
  "no stream": () => ({ body: 5 }),
  "no buffer": () => ({ byteLength: 5, length: 1e12 }),
  "a stream of text": () => new ReadableStream({ start: (c) => (c.enqueue("text"), c.close()) }),
  "a stream of objects": () => new ReadableStream({ start: (c) => (c.enqueue({}), c.close()) }),
};

test("no source: param.type, in every function that reads", async () => {
  for (const [name, make] of Object.entries(SOURCES)) {
    for (const read of [decode, info, (source) => decodeProgressive(source, nothing)]) {
      assert.equal(await codeOf(async () => read(make())), "param.type", `${name}, ${read.name}`);
    }
  }
});

test("empty files are cut files", async () => {
  for (const empty of [new Uint8Array(), new ArrayBuffer(0), new Blob([]), new Response(""), new Blob([]).stream()])
    assert.equal(await codeOf(() => decode(empty)), "stream.truncated");
});

const WRONG = [5, "x", Symbol("s"), 5n, nothing, {}, [], NaN, -1, Infinity, null, true];
/** What of WRONG each option takes. */
const FINE = {
  decode: { scale: [true], region: [null], signal: [null], allowTruncated: WRONG, maxBytes: [5, Infinity, true] },
  info: { signal: [null], maxBytes: [5, Infinity, true] },
  decodeProgressive: { scales: [], signal: [null], maxBytes: [5, Infinity, true] },
  encode: {
    quality: [5, null],
    lossless: [true, null],
    tile: [5, NaN, -1, Infinity, null],
    orientation: [5],
    icc: [null],
    exif: [null],
    threads: [5],
    signal: [null],
    maxBytes: [5, Infinity, true],
  },
  init: { threads: [5], signal: [null] },
};
const CALLS = {
  decode: (options) => decode(toy(), options),
  info: (options) => info(toy(), options),
  decodeProgressive: (options) => decodeProgressive(toy(), nothing, options),
  encode: (options) => encode(pixels, options),
  init,
};

test("options of another type: param.type or param.range", async () => {
  for (const [name, call] of Object.entries(CALLS)) {
    for (const [option, fine] of Object.entries(FINE[name])) {
      for (const value of WRONG.filter((value) => !fine.includes(value))) {
        const what = `${name}, ${option}: ${String(value)}`;
        assert.match(await codeOf(async () => call({ [option]: value }), what), /^param\.(type|range)$/, what);
      }
    }
    assert.equal(await codeOf(async () => call(null)), "param.type");
  }
});

test("a limit that the file exceeds is limit.*, whatever brings the bytes", async () => {
  for (const source of [toy(), new Blob([toy()]), new Response(toy())]) assert.equal(await codeOf(() => decode(source, { maxBytes: 5 })), "limit.file_size");
  assert.equal(await codeOf(() => info(toy(), { maxBytes: true })), "limit.file_size");
});

test("pictures and callbacks of another type", async () => {
  for (const image of [
    ...WRONG,
    undefined,
    { data: [1, 2, 3], width: 1, height: 1 },
    { data: detached(), width: 1, height: 1 },
    { ...pixels, width: 1.5 },
    { ...pixels, width: "2" },
    { ...pixels, channels: 0 },
    { ...pixels, height: 2n },
  ]) {
    assert.match(await codeOf(async () => encode(image)), /^param\.(type|shape)$/);
  }
  for (const onLevel of WRONG.filter((value) => value !== nothing)) assert.equal(await codeOf(async () => decodeProgressive(toy(), onLevel)), "param.type");
});

test("an answer that is none: stream.network, and its body is let go", async () => {
  let cancelled = false;
  const body = new ReadableStream({ cancel: () => void (cancelled = true) });
  assert.equal(await codeOf(() => decode(new Response(body, { status: 503 }))), "stream.network");
  assert.equal(cancelled, true);
  assert.equal(await codeOf(() => decode(Response.error())), "stream.network");
});

test("after all of it one worker serves the next call, and nothing was left unheard", async () => {
  assert.equal((await decode(toy())).width, 8);
  assert.equal(net.workers.filter((w) => w.alive && w.url === "worker.js").length, 1);
  assert.deepEqual(unhandled, []);
});
