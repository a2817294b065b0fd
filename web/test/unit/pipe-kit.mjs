// What the tests of vaerans/pipe share: the real module, where `make wasm` and the build have left it in web/dist, and Python's samples.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

export const dist = new URL("../../dist/", import.meta.url);
const entry = new URL("pipe-node.js", dist);
const golden = new URL("../../../tests/golden/", import.meta.url);
export const skip = existsSync(entry) ? false : "web/dist has no pipes: make wasm, npm run build";
export const sha256 = (data) =>
  createHash("sha256")
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest("hex");

/** The samples of tests/golden/pipes.py. */
function samples() {
  const noise = (i) => Math.imul(i, 2654435761) >>> 29;
  const latent = new Float32Array(4 * 48 * 80).map((_, i) => {
    const [x, y, c] = [i % 80, Math.floor(i / 80) % 48, Math.floor(i / 3840)];
    return ((Math.floor((x * x) / 8) + 3 * y * (c + 1) + noise(i)) % 256) / 64 - 2;
  });
  const [height, width] = [176, 203];
  const pixel = (i) => [i % 3, Math.floor(i / 3 / width), Math.floor(i / 3) % width];
  const noiseAt = ([c, y, x]) => noise((c * height + y) * width + x);
  const picture = new Uint8Array(height * width * 3).map((_, i) => {
    const [c, y, x] = pixel(i);
    return (x + Math.floor((y * (c + 1)) / 2) + Math.floor((x * y) / 64) + noiseAt([c, y, x])) % 256;
  });
  const near = picture.map((v, i) => Math.min(v, 248) + noiseAt(pixel(i)));
  const wide = (data) => Uint16Array.from(data, (v) => v * 257);
  const withAlpha = (data, alpha) => new Uint8Array(height * width * 4).map((_, i) => (i % 4 < 3 ? data[(i >> 2) * 3 + (i % 4)] : alpha(i >> 2)));
  return {
    latent: [latent, [4, 48, 80]],
    picture: [picture, [height, width, 3]],
    picture16: [wide(picture), [height, width, 3]],
    near: [near, [height, width, 3]],
    near16: [wide(near), [height, width, 3]],
    alpha: [withAlpha(picture, (pixel) => picture[pixel * 3 + 1]), [height, width, 4]],
    opaque: [withAlpha(near, () => 255), [height, width, 4]],
  };
}

export const api = skip ? {} : await import(entry);
const { ANSEncode, Hadamard4, QuantizeU8, VaeransError, WaveletCDF53, World } = api;
export const { inputs, cases } = JSON.parse(readFileSync(new URL("pipes.json", golden)));
export const known = samples();
export const [latent, latentShape] = known.latent;
/** The pipe of the quick start, up to coded bytes. */
export const bands = (pipe) =>
  pipe
    .to(new Hadamard4())
    .to(new WaveletCDF53({ levels: 3 }))
    .to(new QuantizeU8({ perBand: true }))
    .to(new ANSEncode());
/** The code of what `work` throws. */
export const codeOf = (work) => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof VaeransError, `${error.stack}`);
    return error.code;
  }
  return "nothing thrown";
};

/** A world with one entity that has these samples. */
export async function world(names = ["latent"], options = {}) {
  const w = await World.create(options);
  const eid = w.newEntity();
  for (const name of names) w.put(eid, inputs[name].key, ...known[name]);
  return [w, eid];
}
