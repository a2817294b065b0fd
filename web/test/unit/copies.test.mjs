// How many bytes are copied on the page's side between what the caller passes and what a worker is handed.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { page, pause, toy } from "./page.mjs";
import { decode, decodeProgressive, dispose, info, init } from "./.dist/index.js";

const KB = 1024;
const file = toy({ levelBytes: [64 * KB, 192 * KB, 768 * KB, 3 * 1024 * KB] });
const wide = toy({ height: 64, levelBytes: [4 * 1024 * KB] });
beforeEach(async () => {
  page();
  await init();
});
afterEach(() => dispose());

/** Bytes that typed arrays copy on this thread while `work` runs. */
async function copied(work) {
  const arrays = Object.getPrototypeOf(Uint8Array.prototype);
  const { slice, set } = arrays;
  let sum = 0;
  arrays.slice = function (...range) {
    const copy = slice.apply(this, range);
    sum += copy.byteLength;
    return copy;
  };
  arrays.set = function (from, at) {
    sum += from.length * this.BYTES_PER_ELEMENT;
    set.call(this, from, at);
  };
  try {
    await work();
  } finally {
    Object.assign(arrays, { slice, set });
  }
  return sum;
}

/** The file in pieces of 64 KB, with a pause before each if it is asked for. */
function stream(bytes, { ms, size = 64 * KB } = {}) {
  let at = 0;
  return new ReadableStream({
    async pull(c) {
      if (ms !== undefined) await pause(ms);
      c.enqueue(Uint8Array.from(bytes.subarray(at, (at += size))));
      if (at >= bytes.length) c.close();
    },
  });
}

/** Once at least: what a worker is handed is a copy. */
const within = (sum, times, length = file.length) => assert.ok(sum >= length && sum <= times * length + 64 * KB, `${(sum / length).toFixed(2)} times the file`);

test("bytes that the caller keeps are copied once", async () => {
  for (const call of [decode, info, (bytes) => decodeProgressive(bytes, () => {})]) {
    within(await copied(() => call(file)), 1);
    assert.ok(file.length > 4e6, "the caller's bytes were handed over");
  }
});

test("a stream's bytes are copied once, whether its length is known or not, true or not", async () => {
  const response = (length) => new Response(stream(file), length === undefined ? {} : { headers: { "content-length": length } });
  for (const source of [() => stream(file), () => response(), () => response(file.length), () => response(100_000), () => new Blob([file])]) {
    within(await copied(async () => assert.equal((await decode(source())).width, 8)), 1);
  }
  within(await copied(() => decode(response(2 * file.length))), 2);
});

test("a length that no memory holds is not believed", async () => {
  const headers = { "content-length": String(2 ** 31 - 1) };
  assert.equal((await decode(new Response(stream(file), { headers }))).width, 8);
  for (const length of ["-5", "1.5", "none", ""]) assert.equal((await decode(new Response(stream(file), { headers: { "content-length": length } }))).width, 8);
});

test("progressive: each level is copied once, however many pieces it comes in", async () => {
  const paints = [];
  const sum = await copied(() => decodeProgressive(stream(file, { ms: 3 }), (_, { scale }) => void paints.push(scale)));
  assert.deepEqual(paints, [1 / 8, 1 / 4, 1 / 2, 1]);
  within(sum, 1.5);
});

test("progressive: the search for a long header copies few bytes twice", async () => {
  const long = toy({ pad: "x".repeat(800 * KB), levelBytes: [10, 20, 40, 80] });
  const headers = [];
  const sum = await copied(() => decodeProgressive(stream(long, { ms: 0, size: 4 * KB }), () => {}, { onHeader: ({ width }) => headers.push(width) }));
  assert.deepEqual(headers, [8]);
  within(sum, 7, long.length);
});

test("instances that share a picture have a copy of the file each, not one for each band", async () => {
  dispose();
  await init({ threads: 3 });
  await decode(wide); // all three have started
  within(await copied(async () => assert.equal((await decode(wide)).height, 64)), 3, wide.length);
});
