// The node entry, on the calling thread, without a browser's globals.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as page from "./.dist/index.js";
import * as node from "./.dist/node.js";

/** A file of fake/glue.js. */
function toy() {
  const json = new TextEncoder().encode(JSON.stringify({ width: 4, height: 4, channels: 1, tile: 4, levelBytes: [4] }));
  const bytes = new Uint8Array(8 + json.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  return bytes;
}

test("both entries have the same API", () => {
  assert.deepEqual(Object.keys(node).sort(), Object.keys(page).sort());
});

test("decode, encode, info and dispose", async () => {
  assert.equal((await node.decode(toy())).data[4], 7);
  assert.equal((await node.info(toy())).width, 4);
  assert.ok((await node.encode({ data: new Uint8Array(16), width: 4, height: 4 })).length);
  const { worker, reason, variant } = node.engineInfo();
  assert.deepEqual([worker, variant], [false, "simd"]);
  assert.match(reason, /calling thread/);
  assert.equal(node.getMemoryStats().instances.length, 2);
  node.dispose();
  assert.equal((await node.decode(toy())).width, 4);
  node.dispose();
});

test("threads are allowed to be asked for", async () => {
  await node.init({ threads: 4 });
  assert.equal(node.engineInfo().threads, 1);
  assert.equal((await node.decode(toy())).width, 4);
  node.dispose();
});
