// The real codec, where `make wasm` and the build have left it in web/dist: the files that Python wrote, and back.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";

const dist = new URL("../../dist/node.js", import.meta.url);
const golden = new URL("../../../tests/golden/", import.meta.url);
const skip = existsSync(dist) ? false : "web/dist is not built: make wasm, npm run build";
const file = (name) => readFileSync(new URL(`${name}.vrn`, golden));
const sha256 = (samples) =>
  createHash("sha256")
    .update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
    .digest("hex");

describe("golden files", { skip }, async () => {
  const { decode, decodeProgressive, encode, info } = skip ? {} : await import(dist);

  for (const [name, { dtype, shape, sha256: expected }] of Object.entries(JSON.parse(readFileSync(new URL("checksums.json", golden))))) {
    if (name.startsWith("vae")) continue; // see below, and learned.test.mjs
    test(`${name} decodes to Python's samples`, async () => {
      const picture = await decode(file(name));
      assert.deepEqual([picture.dtype, picture.shape], [dtype, shape]);
      assert.equal(sha256(picture.data), expected);
    });
  }

  test("rgba gives what toImageData would make: whole, smaller, a part, and painted while it arrives", async () => {
    const names = Object.keys(JSON.parse(readFileSync(new URL("checksums.json", golden)))).filter((name) => !name.startsWith("vae"));
    let pictures = 0;
    for (const name of names) {
      const { kind, dtype, channels } = await info(file(name));
      if (kind !== "picture") {
        const [plain, same] = [await decode(file(name)), await decode(file(name), { rgba: true })];
        assert.deepEqual([same.dtype, same.data], [plain.dtype, plain.data], name);
        continue;
      }
      pictures++;
      for (const options of [{}, { scale: 1 / 4 }, { region: { x: 3, y: 5, width: 7, height: 9 } }]) {
        const expected = (await decode(file(name), options)).toImageData();
        const picture = await decode(file(name), { ...options, rgba: true });
        assert.deepEqual([picture.dtype, picture.shape], ["uint8", [expected.height, expected.width, 4]], name);
        assert.equal(sha256(picture.data), sha256(expected.data), `${name} ${JSON.stringify(options)}`);
        assert.equal(picture.toImageData().data.buffer, picture.data.buffer);
        assert.deepEqual([picture.meta.dtype, picture.meta.channels], [dtype, channels], "what the file has");
      }
      const last = await decodeProgressive(new Blob([file(name)]), ({ shape }) => assert.equal(shape[2], 4), { rgba: true });
      assert.equal(sha256(last.data), sha256((await decode(file(name))).toImageData().data), name);
    }
    assert.ok(pictures > 5);
  });

  /** What tests/golden/make.py hands to `compress`, by file. */
  async function sources() {
    const photo = await decode(file("photo_lossless"));
    const { data, width, height } = photo;
    const rgba = new Uint8ClampedArray(width * height * 4).map((_, i) => data[(i >> 2) * 3 + ((i & 3) % 3)]);
    return {
      photo_lossy: [photo, { quality: 60, icc: new TextEncoder().encode("profile"), orientation: 6 }],
      photo_tiles: [photo, { quality: 30, tile: 64 }],
      photo_lossless: [photo, { lossless: true }],
      photo_rgba: [{ data: rgba, width, height }, { quality: 80 }],
      grey16: [await decode(file("grey16_lossless")), { quality: 90 }],
      grey16_lossless: [await decode(file("grey16_lossless")), { lossless: true }],
      photo_max_error: [photo, { quality: 30, maxError: 2, tile: 64 }],
      grey16_max_error: [await decode(file("grey16_lossless")), { quality: 30, maxError: 300 }],
    };
  }

  test("encode gives Python's bytes", async () => {
    const expected = JSON.parse(readFileSync(new URL("encoded.json", golden)));
    for (const [name, [image, options]] of Object.entries(await sources())) {
      assert.equal(sha256(await encode(image, options)), expected[name], name);
    }
  });

  test("a picture that was decoded keeps profile, EXIF block and orientation, unless the options say otherwise", async () => {
    const picture = await decode(file("photo_lossy"));
    const kept = await decode(await encode(picture, { quality: 50 }));
    assert.ok(picture.meta.icc.length > 0 && picture.meta.orientation === 6);
    assert.deepEqual([kept.meta.icc, kept.meta.exif, kept.meta.orientation], [picture.meta.icc, picture.meta.exif, 6]);
    const without = await info(await encode(picture, { icc: null, exif: null, orientation: 1 }));
    assert.deepEqual([without.iccBytes, without.exifBytes, without.orientation], [0, 0, 1]);
  });

  test("the core says what is wrong with the options of its profile", async () => {
    const image = { data: new Uint8Array(3), width: 1, height: 1 };
    const cases = [
      [{ sharpness: 5 }, "param.unknown", /"sharpness"; it has: quality, lossless, maxError, effort, tune, targetBytes/],
      [{ quality: 101 }, "param.range", /quality=101; from 0 to 100/],
      [{ quality: 7.5 }, "param.type", /quality must be a whole number/],
      [{ lossless: 1 }, "param.type", /lossless must be true or false/],
      [{ tile: "64" }, "param.type", /tile must be a whole number/],
      [{ tile: -1 }, "param.range", /tile=-1; from 64/],
      [{ tile: NaN }, "param.type", /tile must be a whole number/],
      [{ tile: 64.5 }, "param.type", /tile must be a whole number/],
      [{ tile: Infinity }, "param.type", /tile must be a whole number/],
      [{ maxError: 300 }, "param.range", /maxError=300; at most 255/],
      [{ maxError: 1, lossless: true }, "param.range", /lossless with maxError=1/],
    ];
    for (const [options, code, message] of cases) await assert.rejects(encode(image, options), { code, message });
  });

  test("options that are undefined or null are those that are not given", async () => {
    const photo = await decode(file("photo_tiles"));
    const plain = sha256(await encode(photo));
    assert.equal(sha256(await encode(photo, { quality: undefined, lossless: null, tile: null, maxError: undefined })), plain);
  });

  test("samples and metadata lie in memory of their own, not in that of wasm", async () => {
    const { data, meta } = await decode(file("photo_lossy"));
    const before = sha256(data);
    for (const array of [data, meta.icc]) assert.equal(array.buffer.byteLength, array.byteLength);
    data.fill(1); // nor does the next call see it
    assert.equal(sha256((await decode(file("photo_lossy"))).data), before);
    const again = await decode(file("photo_lossy"));
    await decode(file("photo_tiles"));
    assert.equal(sha256(again.data), before);
    const bytes = await encode(again);
    assert.equal(bytes.buffer.byteLength, bytes.byteLength);
  });

  test("a learned file's latent can be had by a pipe; its pixels need a network", async () => {
    const { ANSDecode, Dequantize, WaveletCDF53Inverse, World } = await import(new URL("pipe-node.js", dist));
    for (const name of ["vae", "vae_native", "vae_native_max_error", "vae_native_lossless"]) {
      assert.equal((await info(file(name))).network, true, name);
      await assert.rejects(decode(file(name)), { code: "unavailable.feature" }, name);
    }
    const world = await World.create();
    const pipe = world
      .pipe(world.spawnBitstream(file("vae")))
      .to(new ANSDecode())
      .to(new Dequantize())
      .to(new WaveletCDF53Inverse());
    const { data, shape, dtype } = pipe.out("Latent4");
    const { sha256: expected, ...type } = JSON.parse(readFileSync(new URL("checksums.json", golden))).vae.latent;
    assert.deepEqual({ shape, dtype }, type);
    assert.equal(sha256(data), expected);
    world.dispose();
  });

  test("a region is that part of the whole", async () => {
    const whole = await decode(file("photo_tiles"));
    const part = await decode(file("photo_tiles"), { region: { x: 60, y: 10, width: 9, height: 60 } });
    const rows = Array.from({ length: 60 }, (_, y) => [...whole.data.subarray(((y + 10) * 101 + 60) * 3, ((y + 10) * 101 + 69) * 3)]);
    assert.deepEqual([...part.data], rows.flat());
  });

  test("the header and the levels of a scale are all that its paint needs", async () => {
    const bytes = file("photo_lossy");
    const { headerBytes, levelBytes } = await info(bytes);
    for (let reduce = 0; reduce < levelBytes.length; reduce++) {
      const end = levelBytes.slice(0, levelBytes.length - reduce).reduce((sum, n) => sum + n, headerBytes);
      const scale = 2 ** -reduce;
      const cut = await decode(bytes.subarray(0, end), { scale, allowTruncated: true });
      const full = await decode(bytes, { scale });
      assert.deepEqual([cut.width, cut.height], [Math.ceil(101 * scale), Math.ceil(75 * scale)]);
      assert.equal(sha256(cut.data), sha256(full.data));
    }
  });

  test("metadata comes along, progressive ends with the whole", async () => {
    const seen = [];
    const last = await decodeProgressive(new Blob([file("photo_lossy")]), (picture, { done }) => seen.push([picture.width, done]));
    assert.deepEqual(seen.at(-1), [101, true]);
    assert.equal(sha256(last.data), sha256((await decode(file("photo_lossy"))).data));
    assert.equal(last.meta.icc.length, last.meta.iccBytes);
    assert.ok(last.meta.iccBytes > 0);
  });

  test("a tensor's header has a shape and no size in pixels", async () => {
    const { kind, width, height, channels, tile, shape, dtype, streams } = await info(file("latent"));
    const { shape: expected, dtype: type } = JSON.parse(readFileSync(new URL("checksums.json", golden))).latent;
    assert.deepEqual(
      { kind, width, height, channels, tile, shape, dtype, streams },
      { kind: "tensor", width: 0, height: 0, channels: 0, tile: 0, shape: expected, dtype: type, streams: 1 },
    );
  });

  test("a small picture of a large one needs little memory", async () => {
    const { width, height } = await decode(file("photo_lossless"));
    const data = new Uint8Array(width * 8 * height * 8 * 3).fill(99);
    const large = await encode({ data, width: width * 8, height: height * 8 }, { tile: 128 });
    const maxBytes = 16e5; // the whole takes 3 MB
    await assert.rejects(decode(large, { maxBytes }), { code: "limit.memory" });
    assert.equal((await decode(large, { maxBytes, scale: 1 / 8 })).width, width);
    assert.equal((await decode(large, { maxBytes, region: { x: 130, y: 130, width: 9, height: 9 } })).width, 9);
  });

  test("damaged and foreign bytes have Python's codes", async () => {
    const bytes = file("photo_lossy");
    await assert.rejects(decode(new Uint8Array(100)), { code: "stream.magic" });
    await assert.rejects(decode(bytes.subarray(0, 300)), { code: "stream.truncated" });
    await assert.rejects(decode(bytes, { maxBytes: 1000 }), (error) => /^limit\./.test(error.code));
    const changed = Uint8Array.from(bytes);
    changed[bytes.length - 20] ^= 1;
    await assert.rejects(decode(changed), { code: "stream.checksum" });
    await assert.rejects(decode(bytes, { region: { x: 100, y: 0, width: 9, height: 9 } }), { code: "param.range" });
  });
});
