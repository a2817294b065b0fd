/** .vrn files for the tests of element, service worker and demo page, made by the built package in Node. */
import { deflateSync } from "node:zlib";

const { encode } = await import(new URL("../../dist/node.js", import.meta.url));

/** Four fields: red, green over blue, white. */
export function quarters(width = 60, height = 40) {
  const data = new Uint8Array(width * height * 3);
  const colours = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ];
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i += 3) data.set(colours[+(x >= width / 2) + 2 * +(y >= height / 2)], i);
  return { data, width, height };
}

export function noise(width, height) {
  let seed = 1;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i / 97 + ((seed = (seed * 48271) % 2147483647) % 40)) & 255);
  return { data, width, height };
}

const fixed = (numbers) =>
  numbers.flatMap((n) => {
    const v = Math.round(n * 65536) >>> 0;
    return [v >>> 24, (v >>> 16) & 255, (v >>> 8) & 255, v & 255];
  });
const word = (n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const ascii = (text) => [...Buffer.from(text, "latin1")];

/** A matrix profile with these primaries: as much of one as primaries need. */
export function profile(primaries, space = "RGB ") {
  const head = new Array(128).fill(0);
  head.splice(12, 12, ...ascii(`mntr${space}XYZ `));
  const tags = Object.keys(primaries).flatMap((name, i) => [...ascii(name), ...word(132 + 12 * 3 + 20 * i), ...word(20)]);
  const data = Object.values(primaries).flatMap((xyz) => [...ascii("XYZ "), 0, 0, 0, 0, ...fixed(xyz)]);
  const bytes = Uint8Array.from([...head, ...word(3), ...tags, ...data]);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  return bytes;
}
export const P3 = { rXYZ: [0.51512, 0.2412, -0.00105], gXYZ: [0.29198, 0.69225, 0.04189], bXYZ: [0.1571, 0.06657, 0.78407] };
export const SRGB = { rXYZ: [0.43607, 0.22249, 0.01392], gXYZ: [0.38515, 0.71687, 0.09708], bXYZ: [0.14307, 0.06061, 0.7141] };

/** One colour throughout. */
export const plain = (colour, width = 16, height = 16) => ({ data: Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3]), width, height });

/** A PNG file. data: bytes, of 16-bit samples the higher one first; type: 2 RGB, 6 RGBA. */
export function png({ data, width, height }, { depth = 8, type = 2 } = {}) {
  const crc = (bytes) => {
    let c = -1;
    for (const byte of bytes) {
      c ^= byte;
      for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    }
    return word(~c >>> 0);
  };
  const chunk = (name, body) => {
    const both = [...ascii(name), ...body];
    return [...word(body.length), ...both, ...crc(both)];
  };
  const row = (width * (type === 6 ? 4 : 3) * depth) / 8;
  const rows = Buffer.concat(Array.from({ length: height }, (_, y) => Buffer.concat([Buffer.of(0), Buffer.from(data.buffer, y * row, row)])));
  const head = [...word(width), ...word(height), depth, type, 0, 0, 0];
  return Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, ...chunk("IHDR", head), ...chunk("IDAT", deflateSync(rows)), ...chunk("IEND", [])]);
}

/** name -> bytes, to be served. */
export async function files() {
  const exact = { lossless: true };
  return {
    "quarters.vrn": await encode(quarters(), exact),
    "turned.vrn": await encode(quarters(), { ...exact, orientation: 6 }),
    "p3.vrn": await encode(plain([200, 100, 50]), { ...exact, icc: profile(P3) }),
    "srgb.vrn": await encode(plain([200, 100, 50]), { ...exact, icc: profile(SRGB) }),
    "large.vrn": await encode(noise(640, 400), { quality: 60 }),
    "damaged.vrn": Buffer.from("this is no picture"),
    "fallback.png": png(plain([10, 20, 30], 6, 4)),
  };
}
