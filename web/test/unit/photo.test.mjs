// Photos by the real codec, where `make wasm` and the build have left it in web/dist, and what Python made of the same pictures
// (tests/photo/web_fixtures.py): the same bytes with every option, the same samples of every part and scale.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";

const dist = new URL("../../dist/node.js", import.meta.url);
const made = new URL("../../build/photo/", import.meta.url);
const skip = [dist, new URL("cases.json", made)].every(existsSync)
  ? false
  : "web/dist or web/build/photo is not there: make wasm, npm run build, tests/photo/web_fixtures.py";
const bytesOf = (name) => readFileSync(new URL(name, made));
const sha256 = ({ buffer, byteOffset, byteLength }) =>
  createHash("sha256")
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest("hex");
const camel = (options) => Object.fromEntries(Object.entries(options).map(([name, value]) => [name.replace(/_(\w)/g, (_, c) => c.toUpperCase()), value]));

describe("photos", { skip }, async () => {
  const { decode, decodeProgressive, encode, info } = skip ? {} : await import(dist);
  const cases = skip ? {} : JSON.parse(readFileSync(new URL("cases.json", made)));

  for (const [name, { picture, shape, bits, options, parts }] of Object.entries(cases)) {
    const [height, width, channels] = shape;

    test(`${name}: Python's bytes`, async () => {
      const bytes = new Uint8Array(bytesOf(`${picture}.bin`));
      const data = bits === 16 ? new Uint16Array(bytes.buffer) : bytes;
      const file = await encode({ data, width, height, channels }, camel(options));
      assert.equal(sha256(file), sha256(bytesOf(`${name}.vrn`)));
    });

    test(`${name}: Python's samples, whole, in parts and smaller`, async () => {
      for (const { options, shape, sha256: expected } of parts) {
        const picture = await decode(bytesOf(`${name}.vrn`), options);
        assert.deepEqual(picture.shape, shape, JSON.stringify(options));
        assert.equal(sha256(picture.data), expected, JSON.stringify(options));
        const { data } = await decode(bytesOf(`${name}.vrn`), { ...options, rgba: true });
        assert.equal(sha256(data), sha256(picture.toImageData().data), `RGBA, ${JSON.stringify(options)}`);
      }
    });
  }

  for (const name of ["usual", "tiles", "steps", "clear"])
    test(`${name}: painted while it arrives`, async () => {
      const bytes = bytesOf(`${name}.vrn`);
      const { levelBytes, headerBytes } = await info(bytes);
      // Level by level; each is waited for until it is painted.
      let next = () => {};
      const ends = levelBytes.map((_, i) => levelBytes.slice(0, i + 1).reduce((sum, n) => sum + n, headerBytes));
      const source = new ReadableStream({
        async start(controller) {
          let at = 0;
          for (const end of [...ends, bytes.length]) {
            if (end > at) controller.enqueue(new Uint8Array(bytes.subarray(at, end)));
            at = Math.max(at, end);
            await Promise.race([new Promise((resolve) => (next = resolve)), new Promise((resolve) => setTimeout(resolve, 200))]);
          }
          controller.close();
        },
      });
      const seen = [];
      const last = await decodeProgressive(source, async (picture, { scale, bytes: arrived, done }) => {
        seen.push([scale, picture.width, arrived < bytes.length, done]);
        // What is painted of a part of the file is what the whole gives at that scale; alpha comes last.
        if (name === "clear" && !done) return next();
        assert.equal(sha256(picture.data), sha256((await decode(bytes, { scale })).data), `at ${scale}`);
        next();
      });
      assert.equal(sha256(last.data), sha256((await decode(bytes)).data));
      assert.deepEqual(seen.at(-1).slice(0, 2), [1, last.width]);
      assert.ok(seen.length > 2 && seen[0][2], JSON.stringify(seen));
    });

  test("info tells what levels are: of resolution, or rows", async () => {
    const image = { data: new Uint8Array(30 * 300), width: 30, height: 300 };
    for (const [options, wanted] of [
      [{}, "resolution"],
      [{ lossless: true, progressive: true }, "resolution"],
      [{ lossless: true }, "rows"],
    ])
      assert.equal((await info(await encode(image, options))).levelKind, wanted);
  });

  test("a target that is out of reach is refused with what can be had, in the words of JavaScript", async () => {
    const image = { data: new Uint8Array(bytesOf("rgb.bin")), width: 211, height: 150 };
    await assert.rejects(encode(image, { targetBytes: 40 }), {
      code: "param.range",
      message: /targetBytes=40; the smallest file of this picture has \d+ bytes/,
    });
    await assert.rejects(encode(image, { targetPsnr: 30, targetBytes: 4000 }), { code: "param.range", message: /targetBytes and targetPsnr; one of the two/ });
    await assert.rejects(encode(image, { targetBytes: 4000, lossless: true }), { code: "param.range", message: /a target with lossless or maxError/ });
    await assert.rejects(encode(image, { tune: "loud" }), { code: "param.range" });
    await assert.rejects(encode(image, { effort: 10 }), { code: "param.range", message: /effort=10; from 1 to 9/ });
    await assert.rejects(encode(image, { tile: 100 }), { code: "param.range", message: /tile=100; a multiple of 64/ });
  });
});
