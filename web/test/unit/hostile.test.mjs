// The real modules, where `make wasm` and the build have left them in web/dist, with files that are cut, changed or lie about their size.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { mutant, random, resized, seal, sectionsOf } from "./hostile.mjs";

const dist = new URL("../../dist/", import.meta.url);
const golden = new URL("../../../tests/golden/", import.meta.url);
const skip = existsSync(new URL("pipe-node.js", dist)) ? false : "web/dist is not built: make wasm, npm run build";
const NAMES = [
  "photo_lossy",
  "photo_lossless",
  "photo_rgba",
  "photo_tiles",
  "grey16",
  "grey16_lossless",
  "latent",
  "photo_max_error",
  "grey16_max_error",
  "pipe",
  "slices",
];
/** Of one section: no part of it shows anything. */
const ONE_LEVEL = new Set(["photo_lossless", "grey16_lossless", "photo_max_error", "grey16_max_error"]);
const known = new Set([...readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8").matchAll(/^\| `([a-z_.]+)`/gm)].map((m) => m[1]));

/** A picture whose file without loss has three slices. */
const tall = () => ({ data: Uint8Array.from({ length: 30 * 300 }, (_, i) => (i * 7919) >> 6), width: 30, height: 300 });

describe("hostile files", { skip }, async () => {
  const { VaeransError, decode, decodeProgressive, dispose, encode, getMemoryStats, info } = skip ? {} : await import(new URL("node.js", dist));
  const pipes = skip ? {} : await import(new URL("pipe-node.js", dist));
  const files = {};
  const good = {};
  const unhandled = [];
  process.on("unhandledRejection", (error) => unhandled.push(error));

  before(async () => {
    for (const name of NAMES) {
      const bytes = name === "slices" ? await encode(tall(), { lossless: true }) : readFileSync(new URL(`${name}.vrn`, golden));
      const header = await info(bytes);
      files[name] = { bytes, sections: header.tiles === 1 ? sectionsOf(bytes, header) : [], headerBytes: header.headerBytes };
      good[name] = (await decode(bytes)).data;
    }
  });
  after(async () => {
    assert.deepEqual(unhandled, []);
    for (const name of NAMES) assert.deepEqual((await decode(files[name].bytes)).data, good[name], `${name} decodes no longer as before`);
    dispose();
  });

  /** The code that a call ends with, or "ok". */
  async function end(call, what) {
    const error = await call().then(
      () => undefined,
      (error) => error,
    );
    if (!error) return "ok";
    assert.ok(error instanceof VaeransError && known.has(error.code), `${what}: ${error?.stack ?? error}`);
    assert.ok(!/^(internal|unavailable\.w)/.test(error.code), `${what}: ${error.message}`);
    return error.code;
  }

  test("every prefix of a file is stream.truncated, or shows the levels that are whole", async () => {
    for (const name of NAMES) {
      const { bytes, headerBytes } = files[name];
      let levels = 0;
      for (let size = 0; size < bytes.length; size += size < headerBytes + 40 || bytes.length < 1400 ? 1 : 199) {
        const cut = bytes.subarray(0, size);
        assert.equal(await end(() => decode(cut), name), "stream.truncated", `${name}, ${size} bytes`);
        assert.equal(await end(() => info(cut), name), size < headerBytes ? "stream.truncated" : "ok");
        const shown = await end(() => decode(cut, { allowTruncated: true }), name);
        assert.match(shown, /^(ok|stream\.truncated)$/);
        levels += shown === "ok";
      }
      assert.equal(levels > 0, !ONE_LEVEL.has(name), `${name}: ${levels} prefixes show something`);
    }
  });

  test("thousands of changed bytes under checksums that fit: coded errors, and memory stays", async () => {
    const seen = new Set();
    const round = async (seed) => {
      const below = random(seed);
      for (let i = 0; i < 400; i++) {
        const name = NAMES[below(NAMES.length)];
        const bytes = mutant(files[name], below);
        const what = `${name}, seed ${seed}, ${i}`;
        const region = below(2) ? { x: below(90), y: below(60), width: 1 + below(40), height: 1 + below(40) } : undefined;
        seen.add(await end(() => info(bytes), what));
        seen.add(await end(() => decode(bytes), what));
        seen.add(await end(() => decode(bytes, { scale: 2 ** -below(7), region, allowTruncated: below(2) === 1 }), what));
        if (i % 4 === 0) seen.add(await end(() => decodeProgressive(new Blob([bytes]), () => {}), what));
      }
      return getMemoryStats().wasmBytes;
    };
    const sizes = [];
    for (const seed of [1, 2, 3, 1, 2, 3]) sizes.push(await round(seed));
    assert.deepEqual(sizes.slice(3), Array(3).fill(sizes[2]), "the same files again take more memory");
    for (const code of ["ok", "stream.invalid", "stream.truncated", "stream.checksum", "param.range"]) assert.ok(seen.has(code), `${code} never came`);
  });

  test("changed bytes without checksums that fit are found before anything is decoded", async () => {
    const below = random(7);
    for (let i = 0; i < 500; i++) {
      const { bytes } = files[NAMES[below(NAMES.length)]];
      const changed = Uint8Array.from(bytes);
      changed[below(bytes.length)] ^= 1 << below(8);
      assert.match(await end(() => decode(changed), `${i}`), /^stream\.(checksum|invalid|magic|version|truncated)$/);
    }
  });

  test("sizes that no memory holds: limit.*, before anything is taken", async () => {
    dispose();
    await decode(files.photo_lossy.bytes);
    const { wasmBytes } = getMemoryStats();
    const big = 2 ** 20;
    for (const [width, height, tile] of [
      [16384, 16384],
      [big, 256],
      [big, big],
      [2 ** 32 - 1, 2 ** 32 - 1],
      [2 ** 32 + 1, 1],
      [2 ** 53, 1024],
      [16384, 16384, 0],
      [30000, 8900, 30000],
    ]) {
      for (const name of ["photo_lossy", "photo_lossless", "grey16"]) {
        const bytes = resized(files[name].bytes, width, height, tile);
        assert.match(await end(() => decode(bytes), name), /^limit\./, `${name}, ${width} x ${height}`);
      }
      // Its stream of alpha says its own size: that the two do not fit is found first, if any limit lets it.
      const bytes = resized(files.photo_rgba.bytes, width, height, tile);
      assert.match(await end(() => decode(bytes), "photo_rgba"), /^(limit\.|stream\.invalid$)/, `photo_rgba, ${width} x ${height}`);
    }
    // Tiles that are too small, and more of them than the header tells of.
    for (const tile of [1, 64]) assert.equal(await end(() => decode(resized(files.grey16.bytes, 16384, 16384, tile)), `tiles of ${tile}`), "stream.invalid");
    for (const size of [1000, 4000])
      assert.equal(await end(() => decode(resized(files.grey16.bytes, size, size), { maxBytes: 1e6 }), "maxBytes"), "limit.memory");
    assert.equal(getMemoryStats().wasmBytes, wasmBytes);
  });

  test("an instance that a lie about the size left large is replaced", async () => {
    const photo = await encode({ data: new Uint8Array(512 * 512 * 3).map((_, i) => (i * 7919) >> 4), width: 512, height: 512 });
    await decode(photo);
    assert.match(await end(() => decode(resized(photo, 5200, 5200)), "5200 x 5200"), /^stream\./);
    assert.deepEqual(
      getMemoryStats().instances.filter(({ module }) => module === "decoder"),
      [],
    );
    await decode(photo);
    const decoder = getMemoryStats().instances.filter(({ module }) => module === "decoder");
    assert.ok(decoder.length === 1 && decoder[0].wasmBytes < 2 ** 24);
  });

  test("bytes that are no file at all", async () => {
    const below = random(9);
    for (let i = 0; i < 300; i++) {
      const noise = Uint8Array.from({ length: below(400) }, () => below(256));
      if (i % 2) noise.set(files.photo_lossy.bytes.subarray(0, 17 + below(20)).subarray(0, noise.length));
      assert.match(await end(() => decode(seal(noise)), `${i}`), /^(stream|limit)\./);
    }
  });

  test("files of pipes: the same in vaerans/pipe, whose world lives on with the memory it had", async () => {
    const { ANSDecode, Dequantize, Hadamard4, WaveletCDF53, World } = pipes;
    const world = await World.create({ arenaBytes: 16 << 20, trace: false });
    const undo = (bytes) => async () => {
      const pipe = world.pipe(world.spawnBitstream(bytes));
      pipe.to(new ANSDecode()).to(new Dequantize()).to(WaveletCDF53.inverse()).to(Hadamard4.inverse()).out().data;
    };
    const seen = new Set();
    const sizes = [];
    for (const seed of [1, 2, 1, 2]) {
      const below = random(seed);
      for (let i = 0; i < 250; i++) {
        const { bytes } = files.latent;
        const hostile = i % 5 ? mutant(files[i % 7 ? "latent" : "photo_lossy"], below) : bytes.subarray(0, below(bytes.length));
        seen.add(await end(undo(hostile), `seed ${seed}, ${i}`));
        world.reset();
      }
      assert.equal(world.stats().arena.used, 0);
      sizes.push(world.stats().wasmBytes);
    }
    assert.deepEqual(sizes.slice(2), [sizes[1], sizes[1]], "the same files again take more memory");
    for (const code of ["stream.invalid", "stream.truncated"]) assert.ok(seen.has(code), `${code} never came: ${[...seen]}`);
    assert.equal(await end(undo(files.latent.bytes), "the good file"), "ok");
    world.dispose();
  });
});
