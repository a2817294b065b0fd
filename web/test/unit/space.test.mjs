// Colour spaces: what is said of samples stands in the file as an ICC profile, and comes back from it.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { page, toy } from "./page.mjs";
import { decode, decodeProgressive, dispose, encode } from "./.dist/index.js";

beforeEach(() => page());
afterEach(() => dispose());

const parse = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
const pixels = (more) => ({ data: new Uint8ClampedArray(16), width: 2, height: 2, ...more });
/** The ICC profile that the encoder is given. */
const iccOf = async (image, options) => parse(await encode(image, options)).rest[6];

test("Display P3 goes into the file as a profile, sRGB does not", async () => {
  const icc = Uint8Array.from(await iccOf(pixels({ colorSpace: "display-p3" })));
  const view = new DataView(icc.buffer);
  const word = (at) => String.fromCharCode(...icc.subarray(at, at + 4));
  assert.equal(view.getUint32(0), icc.length);
  assert.deepEqual([word(12), word(16), word(20), word(36)], ["mntr", "RGB ", "XYZ ", "acsp"]);
  assert.ok(icc.length < 700);
  const names = [];
  for (let at = 132; at < 132 + 12 * view.getUint32(128); at += 12) {
    names.push(word(at));
    const [place, size] = [view.getUint32(at + 4), view.getUint32(at + 8)];
    assert.ok(place % 4 === 0 && place + size <= icc.length, word(at));
  }
  assert.deepEqual(names, ["desc", "cprt", "wtpt", "chad", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"]);
  assert.deepEqual(await iccOf(pixels(), { colorSpace: "display-p3" }), [...icc]);
  for (const [image, options] of [[pixels()], [pixels({ colorSpace: "srgb" })], [pixels({ colorSpace: "display-p3" }), { colorSpace: "srgb" }]])
    assert.deepEqual(await iccOf(image, options), []);
  assert.deepEqual(await iccOf(pixels({ colorSpace: "display-p3" }), { icc: new Uint8Array([9]) }), [9], "the caller's own profile wins");
});

test("a picture says its colour space, and so does its ImageData", async () => {
  const icc = await iccOf(pixels({ colorSpace: "display-p3" }));
  for (const read of [decode, (file) => decodeProgressive(file, () => {})]) {
    const picture = await read(toy({ icc }));
    assert.deepEqual([picture.colorSpace, picture.toImageData().colorSpace], ["display-p3", "display-p3"]);
    for (const other of [[], [1, 2, 3], icc.slice(0, 200), icc.with(250, 255).fill(255, 140, 400)]) {
      const plain = await read(toy({ icc: other }));
      assert.deepEqual([plain.colorSpace, plain.toImageData().colorSpace], ["srgb", "srgb"]);
    }
  }
  const again = (await decode(toy({ icc }))).toImageData();
  assert.deepEqual(await iccOf(again), icc, "what was decoded is encoded as it was");
});

test("what a browser's ImageData cannot be, it is not", async () => {
  const icc = await iccOf(pixels({ colorSpace: "display-p3" }));
  const made = [];
  globalThis.ImageData = class {
    constructor(data, width, height, settings) {
      if (settings?.colorSpace === "display-p3" && made.push(settings) === 1) throw new TypeError("no such colour space");
      Object.assign(this, { data, width, height, colorSpace: settings?.colorSpace ?? "srgb" });
    }
  };
  try {
    const picture = await decode(toy({ icc }));
    assert.deepEqual([picture.toImageData().colorSpace, picture.toImageData().colorSpace], ["srgb", "display-p3"]);
  } finally {
    delete globalThis.ImageData;
  }
});

test("other spaces and floating-point samples are refused", async () => {
  for (const [image, options] of [[pixels({ colorSpace: "rec2020" })], [pixels(), { colorSpace: "p3" }], [pixels(), { colorSpace: 3 }]])
    await assert.rejects(encode(image, options), { code: "param.range" });
  await assert.rejects(encode(pixels({ data: new Float32Array(16) })), { code: "param.type", message: /rgba-unorm8/ });
});
