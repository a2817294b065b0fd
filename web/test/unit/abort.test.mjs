// Abort at everything that a call waits for: it ends at once with the signal's reason and leaves nothing behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, ending, freshPages, pixels, stuck, waits } from "./endings.mjs";
import { net, pause, toy } from "./page.mjs";
import * as vaerans from "./.dist/index.js";

const { decode, decodeProgressive, dispose, encode, info, init } = vaerans;
freshPages(dispose);

for (const [name, { before, call, stream }] of Object.entries(waits(vaerans))) {
  test(`abort while it waits for ${name}`, async () => {
    before?.();
    const reason = new Error("enough");
    const { signal, abort, listeners } = counted();
    const source = stream && stuck();
    const ended = ending(call({ signal }, source?.stream));
    await pause(30);
    assert.equal(listeners(), 1, "one listener while it runs");
    abort(reason);
    assert.equal(await ended, reason);
    assert.equal(listeners(), 0, "listeners are left on the signal");
    if (source) {
      await pause(1);
      assert.equal(source.cancelled, reason);
      assert.equal(source.stream.locked, false, "the reader is not released");
    }
  });
}

test("between the levels of a progressive decode", async () => {
  const bytes = toy();
  const source = stuck(bytes.slice(0, bytes.length - 110)); // up to 1/4
  const { signal, abort, listeners } = counted();
  const painted = [];
  const ended = ending(decodeProgressive(source.stream, (_, { scale }) => void painted.push(scale), { signal }));
  while (!painted.length) await pause(5);
  abort();
  assert.equal((await ended).name, "AbortError");
  assert.deepEqual([listeners(), source.cancelled.name, painted], [0, "AbortError", [1 / 4]]);
});

test("aborted before the start: nothing is loaded, the source is let go", async () => {
  const reason = { any: "value" };
  const signal = AbortSignal.abort(reason);
  const source = stuck();
  for (const call of [
    decode(source.stream, { signal }),
    decode(toy(), { signal }),
    info(toy(), { signal }),
    decodeProgressive(toy(), () => {}, { signal }),
    encode(pixels, { signal }),
  ]) {
    assert.equal(await ending(call), reason);
  }
  await pause(20);
  assert.equal(source.cancelled, reason);
  assert.deepEqual([net.urls, net.workers], [[], []]);
});

test("a call that ends well leaves no listener, its source is read and released", async () => {
  const { signal, listeners } = counted();
  const stream = new Blob([toy()]).stream();
  await decode(stream, { signal });
  await info(toy(), { signal });
  await decodeProgressive(toy(), () => {}, { signal });
  await encode(pixels, { signal });
  await init({ signal });
  await ending(decode(new Uint8Array(9).fill(255), { signal }));
  assert.deepEqual([listeners(), stream.locked], [0, false]);
});

test("a signal that times out is told as such", async () => {
  assert.equal((await ending(decode(stuck().stream, { signal: AbortSignal.timeout(20) }))).name, "TimeoutError");
});

test("an aborted init ends the wait alone: the next call has what was being loaded", async () => {
  let go;
  const gate = new Promise((resolve) => (go = resolve));
  net.answer = () => gate;
  const { signal, abort } = counted();
  const ended = ending(init({ signal }));
  await pause(20);
  abort();
  await ended;
  const next = decode(toy());
  net.answer = undefined;
  go(
    new Response(await (await fetch(new URL("./.dist/wasm/decoder-simd.wasm", import.meta.url))).arrayBuffer(), {
      headers: { "content-type": "application/wasm" },
    }),
  );
  assert.equal((await next).width, 8);
  assert.equal(net.workers.length, 1);
});
