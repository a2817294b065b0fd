// The command vaerans-encode and the files it reads.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { orientationOf, readPicture } from "../../bin/read/index.mjs";

const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const word = (n) => Buffer.from(Uint32Array.of(n).buffer).swap32();

function crc32(bytes) {
  let c = -1;
  for (const byte of bytes) for (let k = ((c ^= byte), 0); k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return ~c >>> 0;
}
const chunk = (name, body) => {
  const both = Buffer.concat([Buffer.from(name), Buffer.from(body)]);
  return Buffer.concat([word(body.length), both, word(crc32(both))]);
};

/** A row of samples as bits. */
function pack(samples, depth) {
  const bits = samples.map((value) => value.toString(2).padStart(depth, "0")).join("");
  return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8).padEnd(8, "0"), 2));
}

/** A row under filter `type`, by the specification's formulas. */
function filtered(row, above, step, type) {
  const at = (line, i) => (i < 0 ? 0 : line[i]);
  return row.map((value, i) => {
    const [a, b, c] = [at(row, i - step), above[i], at(above, i - step)];
    const p = a + b - c;
    const nearest = [a, b, c].reduce((best, v) => (Math.abs(p - v) < Math.abs(p - best) ? v : best));
    return value - [0, a, b, (a + b) >> 1, nearest][type];
  });
}

/** A PNG whose rows go through all filters; `pixel(x, y)` gives a pixel's samples. */
function png({ width, height, type, depth, interlace = 0, pixel, extra = [] }) {
  const passes = interlace
    ? [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ]
    : [[0, 0, 1, 1]];
  const rows = [];
  for (const [x0, y0, dx, dy] of passes) {
    let above;
    for (let y = y0; y < height && x0 < width; y += dy) {
      const samples = [];
      for (let x = x0; x < width; x += dx) samples.push(...pixel(x, y));
      const row = pack(samples, depth);
      const filter = rows.length % 5;
      rows.push(Buffer.of(filter), filtered(row, above ?? row.map(() => 0), Math.max(1, (CHANNELS[type] * depth) / 8), filter));
      above = row;
    }
  }
  const head = Buffer.concat([word(width), word(height), Buffer.of(depth, type, 0, 0, interlace)]);
  const parts = [chunk("IHDR", head), ...extra, chunk("IDAT", deflateSync(Buffer.concat(rows))), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]);
}

const spread = (x, y, channel, depth) => (x * 7919 + y * 104729 + channel * 1299709 + ((x * y) << 3)) % 2 ** depth;

describe("PNG", () => {
  for (const interlace of [0, 1]) {
    for (const [type, depths] of [
      [0, [1, 2, 4, 8, 16]],
      [2, [8, 16]],
      [4, [8, 16]],
      [6, [8, 16]],
    ]) {
      for (const depth of depths) {
        test(`colour type ${type}, ${depth} bits, interlace ${interlace}`, async () => {
          for (const [width, height] of [
            [13, 11],
            [1, 1],
            [3, 9],
          ]) {
            const pixel = (x, y) => Array.from({ length: CHANNELS[type] }, (_, i) => spread(x, y, i, depth));
            const picture = await readPicture(png({ width, height, type, depth, interlace, pixel }));
            const scale = depth < 8 ? 255 / (2 ** depth - 1) : 1;
            const expected = [];
            for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) expected.push(...pixel(x, y).map((value) => value * scale));
            assert.deepEqual([picture.width, picture.height, picture.channels, picture.orientation], [width, height, CHANNELS[type], 1]);
            assert.equal(picture.data.BYTES_PER_ELEMENT, depth === 16 ? 2 : 1);
            assert.deepEqual([...picture.data], expected);
          }
        });
      }
    }
  }

  test("palette, with and without alpha; one transparent colour", async () => {
    const palette = chunk("PLTE", [10, 20, 30, 40, 50, 60, 70, 80, 90]);
    const indexed = { width: 3, height: 1, type: 3, depth: 2, pixel: (x) => [x] };
    assert.deepEqual([...(await readPicture(png({ ...indexed, extra: [palette] }))).data], [10, 20, 30, 40, 50, 60, 70, 80, 90]);
    const seeThrough = await readPicture(png({ ...indexed, extra: [palette, chunk("tRNS", [0, 128])] }));
    assert.deepEqual([...seeThrough.data], [10, 20, 30, 0, 40, 50, 60, 128, 70, 80, 90, 255]);
    const keyed = await readPicture(png({ width: 2, height: 1, type: 0, depth: 4, pixel: (x) => [x ? 15 : 3], extra: [chunk("tRNS", [0, 3])] }));
    assert.deepEqual([keyed.channels, ...keyed.data].slice(0, 2), [2, 51]);
    await assert.rejects(readPicture(png({ ...indexed, pixel: () => [3], extra: [palette] })), /colour 3 of a palette of 3/);
  });

  test("profile and EXIF block", async () => {
    const exif = Buffer.from("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", "latin1");
    const extra = [chunk("iCCP", Buffer.concat([Buffer.from("name\0\0"), deflateSync(Buffer.from("profile"))])), chunk("eXIf", exif)];
    const picture = await readPicture(png({ width: 1, height: 1, type: 0, depth: 8, pixel: () => [7], extra }));
    assert.deepEqual([Buffer.from(picture.icc).toString(), picture.orientation], ["profile", 6]);
    assert.deepEqual(Buffer.from(picture.exif), exif);
    assert.equal(orientationOf(exif.subarray(0, 12)), 1);
  });

  test("damage is told", async () => {
    const file = png({ width: 4, height: 4, type: 2, depth: 8, pixel: (x, y) => [x, y, 0] });
    await assert.rejects(readPicture(file.subarray(0, 60)), /ends/);
    const flipped = Buffer.from(file);
    flipped[20] ^= 1;
    await assert.rejects(readPicture(flipped), /IHDR .* damaged/);
    await assert.rejects(readPicture(Buffer.from("GIF89a")), /neither PNG/);
  });
});

test("PPM, PGM and PAM, 8 and 16 bits", async () => {
  const ppm = await readPicture(Buffer.concat([Buffer.from("P6 # words\n2 1\n255\n"), Buffer.of(1, 2, 3, 4, 5, 6)]));
  assert.deepEqual([ppm.width, ppm.height, ppm.channels, ...ppm.data], [2, 1, 3, 1, 2, 3, 4, 5, 6]);
  const pgm = await readPicture(Buffer.concat([Buffer.from("P5\n1 2\n65535\n"), Buffer.of(1, 2, 3, 4)]));
  assert.deepEqual([pgm.channels, ...pgm.data], [1, 258, 772]);
  const pam = await readPicture(
    Buffer.concat([Buffer.from("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"), Buffer.of(9, 8, 7, 6)]),
  );
  assert.deepEqual([pam.channels, ...pam.data], [4, 9, 8, 7, 6]);
  await assert.rejects(readPicture(Buffer.from("P5 1 1 100\n\0")), /largest value of 100/);
});

const dist = new URL("../../dist/node.js", import.meta.url);
const skip = existsSync(dist) ? false : "web/dist is not built: make wasm, npm run build";

describe("the command", { skip }, async () => {
  const { decode } = skip ? {} : await import(dist);
  const home = mkdtempSync(join(tmpdir(), "vaerans-encode-"));
  after(() => rmSync(home, { recursive: true }));
  const command = fileURLToPath(new URL("../../bin/vaerans-encode.mjs", import.meta.url));
  const run = (...args) =>
    new Promise((resolve) => {
      execFile(process.execPath, [command, ...args], { cwd: home, timeout: 60_000 }, (error, stdout, stderr) =>
        resolve({ code: error ? error.code : 0, stdout, stderr }),
      );
    });
  const pixel = (x, y) => [x * 9, y * 9, 50];
  const photo = png({ width: 20, height: 12, type: 2, depth: 8, pixel });
  mkdirSync(join(home, "in/sub"), { recursive: true });
  writeFileSync(join(home, "in/a.png"), photo);
  writeFileSync(join(home, "in/sub/b.PNG"), photo);
  writeFileSync(join(home, "in/notes.txt"), "no picture");

  test("a folder through and through, lossless; kept the second time", async () => {
    const first = await run("in", "-o", "out", "--lossless", "--jobs", "2");
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    assert.match(first.stdout, /a\.png\s+20 x 12/);
    assert.match(first.stdout, /2 files/);
    assert.deepEqual(readdirSync(join(home, "out"), { recursive: true }).sort(), ["a.vrn", "sub", join("sub", "b.vrn")]);
    const picture = await decode(readFileSync(join(home, "out/sub/b.vrn")));
    assert.deepEqual([...picture.data.slice(0, 6), picture.meta.isLossless], [0, 0, 50, 9, 0, 50, true]);
    const time = statSync(join(home, "out/a.vrn")).mtimeMs;
    const second = await run("in", "-o", "out");
    assert.equal(second.code, 0);
    assert.match(second.stdout, /a\.png\s+kept/);
    assert.equal(statSync(join(home, "out/a.vrn")).mtimeMs, time);
  });

  test("a newer source is not written over without --force", async () => {
    utimesSync(join(home, "out/a.vrn"), 1, 1);
    const refused = await run("in/a.png", "-o", "out");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /--force/);
    assert.equal((await run("in/a.png", "-o", "out", "--force", "--quality", "30", "--quiet")).stdout, "");
    assert.equal((await decode(readFileSync(join(home, "out/a.vrn")))).meta.isLossless, false);
  });

  test("what fails is told and the rest goes on; nothing half written", async () => {
    writeFileSync(join(home, "in/broken.png"), photo.subarray(0, 50));
    const { code, stderr, stdout } = await run("in", "-o", "out2");
    assert.equal(code, 1);
    assert.match(stderr, /^broken\.png: PNG: the file ends/m);
    assert.match(stdout, /broken\.png\s+failed/);
    assert.deepEqual(readdirSync(join(home, "out2"), { recursive: true }).sort(), ["a.vrn", "sub", join("sub", "b.vrn")]);
    rmSync(join(home, "in/broken.png"));
  });

  test("JPEG, with its orientation", async () => {
    const { encode } = createRequire(import.meta.url)("jpeg-js");
    const { data } = encode({ data: Buffer.alloc(16 * 8 * 4, 200), width: 16, height: 8 }, 95);
    const exif = Buffer.from("Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0\0\0\0\0", "latin1");
    const length = Buffer.of(0xff, 0xe1, 0, exif.length + 2);
    writeFileSync(join(home, "turned.jpg"), Buffer.concat([data.subarray(0, 2), length, exif, data.subarray(2)]));
    assert.equal((await run("turned.jpg", "-o", "out3")).code, 0);
    const picture = await decode(readFileSync(join(home, "out3/turned.vrn")));
    assert.deepEqual([picture.width, picture.height, picture.meta.orientation, picture.meta.exifBytes], [16, 8, 8, exif.length - 6]);
    assert.ok(picture.data.every((value) => Math.abs(value - 200) < 4));
  });

  test("JPEG without the package that reads it: what to do", async () => {
    const web = fileURLToPath(new URL("../../", import.meta.url));
    for (const folder of ["bin", "dist"])
      cpSync(join(web, folder), join(home, "bare", folder), { recursive: true, filter: (path) => !/wasm|inline/.test(path) });
    writeFileSync(join(home, "bare/package.json"), '{"type":"module"}');
    writeFileSync(join(home, "some.jpg"), Buffer.of(0xff, 0xd8, 0xff, 0xe0, 0, 2));
    const { code, stderr } = await new Promise((resolve) => {
      execFile(process.execPath, [join(home, "bare/bin/vaerans-encode.mjs"), "some.jpg", "-o", "out4"], { cwd: home, timeout: 60_000 }, (error, _, stderr) =>
        resolve({ code: error?.code ?? 0, stderr }),
      );
    });
    assert.equal(code, 1);
    assert.match(stderr, /npm i -D jpeg-js/);
  });

  test("wrong use", async () => {
    writeFileSync(join(home, "in/a.ppm"), Buffer.concat([Buffer.from("P6 1 1 255\n"), Buffer.of(1, 2, 3)]));
    for (const [words, ...args] of [
      [/no output folder/, "in"],
      [/no INPUT/, "-o", "out"],
      [/is not there/, "nowhere", "-o", "out"],
      [/quality: expected/, "in", "-o", "out", "-q", "101"],
      [/jobs: expected/, "in", "-o", "out", "-j", "0"],
      [/Unknown option/, "in", "--best"],
      [/would both be/, "in", "-o", "out"],
    ]) {
      const { code, stderr } = await run(...args);
      assert.deepEqual([code, words.test(stderr)], [2, true], stderr);
    }
    assert.match((await run("--help")).stdout, /Exit status/);
  });
});
