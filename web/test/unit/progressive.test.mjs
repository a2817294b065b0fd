// decodeProgressive: what is painted when, levels overtaken, the network lost.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { code, page, pause, toy } from "./page.mjs";
import { VaeransError, decodeProgressive, dispose, init } from "./.dist/index.js";

const bytes = toy();
const header = bytes.length - 150;
beforeEach(async () => {
  page();
  await init();
});
afterEach(() => dispose());

/** Sends the file up to each of `ends` in turn; `step` runs between. */
const stream = (ends, step, fault) =>
  new ReadableStream({
    async start(c) {
      let from = 0;
      for (const end of ends) {
        c.enqueue(bytes.slice(from, end));
        from = end;
        await step();
      }
      fault ? c.error(fault) : c.close();
    },
  });

const watch = () => {
  const seen = [];
  return [seen, (picture, level) => void seen.push([level.scale, picture.width, level.bytes, level.done])];
};

test("a paint for each level as its bytes arrive, not before", async () => {
  const [seen, onLevel] = watch();
  const ends = [3, header - 1, header + 9, header + 10, header + 30, header + 70, bytes.length];
  const last = await decodeProgressive(
    stream(ends, () => pause(60)),
    onLevel,
  );
  assert.deepEqual(seen, [
    [1 / 8, 1, header + 10, false],
    [1 / 4, 2, header + 30, false],
    [1 / 2, 4, header + 70, false],
    [1, 8, bytes.length, true],
  ]);
  assert.equal(last.width, 8);
});

test("the header is told once, before the first paint and as soon as it is there", async () => {
  const seen = [];
  const onHeader = ({ width, height, isComplete }) => void seen.push(["header", width, height, isComplete]);
  await decodeProgressive(
    stream([3, header - 1, header, bytes.length], () => pause(40)),
    (_, { scale }) => void seen.push([scale]),
    { scales: [1], onHeader },
  );
  assert.deepEqual(seen, [["header", 8, 8, false], [1]]);
  const bang = new Error("bang");
  const fails = () => Promise.reject(bang);
  await assert.rejects(
    decodeProgressive(bytes, () => {}, { onHeader: fails }),
    (e) => e === bang,
  );
  await assert.rejects(
    decodeProgressive(bytes, () => {}, { onHeader: 5 }),
    code("param.type"),
  );
});

test("levels that are overtaken are left out", async () => {
  const [seen, onLevel] = watch();
  await decodeProgressive(new Blob([bytes]), onLevel);
  assert.equal(seen.at(-1)[0], 1);
  assert.ok(seen.length < 4, `${seen.length} paints`);
});

test("bytes that are there already are painted once", async () => {
  const [seen, onLevel] = watch();
  await decodeProgressive(new Response(bytes), onLevel, { scales: [1] });
  assert.deepEqual(
    seen.map((s) => s[0]),
    [1],
  );
});

test("only coarse scales: the rest is not waited for, and the stream is let go", async () => {
  const [seen, onLevel] = watch();
  let cancelled = false;
  const endless = new ReadableStream({ start: (c) => c.enqueue(bytes.slice(0, header + 31)), cancel: () => void (cancelled = true) });
  await decodeProgressive(endless, onLevel, { scales: [1 / 8, 1 / 4] });
  assert.deepEqual(seen, [[1 / 4, 2, header + 31, true]]);
  await pause(10);
  assert.equal(cancelled, true);
});

test("scales that the header tells; what is wrong with them has its code", async () => {
  const [seen, onLevel] = watch();
  await decodeProgressive(new Response(bytes), onLevel, { scales: ({ width }) => [1 / width, 1 / 4, 1 / 4] });
  assert.deepEqual(
    seen.map((s) => s[0]),
    [...new Set(seen.map((s) => s[0]))],
  );
  assert.equal(seen.at(-1)[0], 1 / 4);
  for (const scales of [() => [], () => 3, () => [2]]) {
    await assert.rejects(decodeProgressive(new Response(bytes), onLevel, { scales }), (error) => error instanceof VaeransError && error.code === "param.range");
  }
  const own = new Error("own");
  const failing = () => {
    throw own;
  };
  await assert.rejects(decodeProgressive(new Response(bytes), onLevel, { scales: failing }), (error) => error === own);
});

test("a lost network: stream.network, after the best picture that arrived", async () => {
  const [seen, onLevel] = watch();
  await assert.rejects(
    decodeProgressive(
      stream([header + 75], () => pause(5), new TypeError("network error")),
      onLevel,
    ),
    code("stream.network"),
  );
  assert.deepEqual(seen, [[1 / 2, 4, header + 75, false]]);
});

test("a stream that ends early is stream.truncated; foreign bytes are stream.magic", async () => {
  const [seen, onLevel] = watch();
  await assert.rejects(
    decodeProgressive(
      stream([header + 35], () => pause(60)),
      onLevel,
    ),
    code("stream.truncated"),
  );
  assert.deepEqual(
    seen.map((s) => s[0]),
    [1 / 4],
  );
  await assert.rejects(decodeProgressive(new Blob(["\xff\xff\xff\xff\xff"]), onLevel), code("stream.magic"));
  await assert.rejects(decodeProgressive(new Blob([]), onLevel), code("stream.truncated"));
});

test("abort, and a callback that throws, end the call", async () => {
  const stop = new AbortController();
  const slow = stream([header + 12, header + 32, bytes.length], () => pause(100));
  const [seen, onLevel] = watch();
  setTimeout(() => stop.abort(), 60);
  await assert.rejects(decodeProgressive(slow, onLevel, { signal: stop.signal }), { name: "AbortError" });
  assert.equal(seen.length, 1);
  const bang = new Error("bang");
  await assert.rejects(
    decodeProgressive(new Blob([bytes]), () => {
      throw bang;
    }),
    (e) => e === bang,
  );
});
