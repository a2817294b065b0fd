// The demo's words: how numbers are written, what a file's first bytes say, what is said when something goes wrong.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bitsText, bytesText, shareText, sizeText } from "../../demo/text.js";
import { kindOf } from "../../demo/kind.js";

test("sizes are written without exponents and without zeros that say nothing", () => {
  assert.deepEqual([1, 999, 1000, 47_812, 999_499, 2_332_800, 123_456_789].map(bytesText), ["1 B", "999 B", "1 kB", "47.8 kB", "999 kB", "2.33 MB", "123 MB"]);
  assert.deepEqual([shareText(1, 50), shareText(9, 100), shareText(99, 100), shareText(151, 100)], ["2 % of", "9 % of", "99 % of", "151 % of"]);
  assert.deepEqual([shareText(6400, 100), shareText(312, 100), shareText(1, 1e9)], ["64 times", "3.1 times", "less than 0.001 % of"]);
  assert.deepEqual(
    [sizeText(1, 1), sizeText(200, 120), sizeText(1080, 720), sizeText(8000, 6000)],
    ["1 × 1 pixel", "200 × 120 pixels", "1080 × 720 pixels, 0.78 MP", "8000 × 6000 pixels, 48 MP"],
  );
  assert.deepEqual([bitsText(0.487), bitsText(1234.5)], ["0.49", "1,235"]);
  for (let bytes = 1; bytes < 1e10; bytes *= 3)
    for (const text of [bytesText(bytes), shareText(bytes, 1e4), shareText(1e4, bytes)]) assert.doesNotMatch(text, /e[+-]|NaN|^0 /, text);
});

const ascii = (text) => [...Buffer.from(text, "latin1")];
const chunk = (type, body) => [0, 0, 0, body.length, ...ascii(type), ...body, 0, 0, 0, 0];
const png = (depth, ...more) =>
  Uint8Array.from([...ascii("\x89PNG\r\n\x1a\n"), ...chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, depth, 2, 0, 0, 0]), ...more.flat(), ...chunk("IDAT", [1])]);

test("format, bits and animation of a file are told by its first bytes", () => {
  assert.deepEqual(kindOf(png(8)), { format: "PNG", bits: 8, isAnimated: false });
  assert.deepEqual(kindOf(png(16, chunk("acTL", [0, 0, 0, 2]))), { format: "PNG", bits: 16, isAnimated: true });
  assert.equal(kindOf(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0])).format, "JPEG");
  assert.equal(kindOf(Uint8Array.from(ascii("RIFF....WEBPVP8X....\x02"))).isAnimated, true);
  assert.equal(kindOf(Uint8Array.from(ascii("GIF89a........\x21\xff\x0bNETSCAPE2.0"))).isAnimated, true);
  assert.equal(kindOf(Uint8Array.from(ascii("....ftypavif....av1C\x81\x00\x40"))).bits, 10);
  assert.equal(kindOf(Uint8Array.from(ascii("....ftypavif....av1C\x81\x00\x0c"))).bits, 8);
  assert.equal(kindOf(Uint8Array.from([0xf6, 0x56, 0x52, 0x4e])).format, "VRN");
  for (const bytes of [[], [1], ascii("\x89PNG"), ascii("RIFF"), ascii("....ftyp")]) assert.doesNotThrow(() => kindOf(Uint8Array.from(bytes)));
});
