import { P3 } from "./space.js";

const TEXT = new TextEncoder();
const word = (name: string): Uint8Array => TEXT.encode(name);

/** 32-bit words, the high byte first. */
function words(...values: number[]): Uint8Array {
  const out = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => out.setInt32(4 * i, value));
  return new Uint8Array(out.buffer);
}

/** Numbers of 16.16 bits. */
const fixed = (...values: number[]): Uint8Array => words(...values.map((value) => Math.round(value * 65536)));

function concat(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A tag's data: its type, four zeros, the body, up to a multiple of four. */
function tag(type: string, ...body: Uint8Array[]): Uint8Array {
  const data = concat(word(type), words(0), ...body);
  return concat(data, new Uint8Array(-data.length & 3));
}

/** Text in one language. */
function text(english: string): Uint8Array {
  const letters = new Uint8Array(2 * english.length);
  word(english).forEach((letter, i) => (letters[2 * i + 1] = letter));
  return tag("mluc", words(1, 12), word("enUS"), words(letters.length, 28), letters);
}

/** What turns the white of D65 into that of profiles, D50 (Bradford). */
const ADAPTATION = [1.047882, 0.022919, -0.050217, 0.029587, 0.990479, -0.017075, -0.009247, 0.015076, 0.751678];
/** The curve of sRGB, which Display P3 has too (ICC.1:2022, 10.18, function 3). */
const CURVE = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];
const D50 = [0.9642, 1, 0.8249];

/** An ICC profile of Display P3, by ICC.1:2022. @internal */
export function p3Profile(): Uint8Array {
  const xyz = (...values: number[]): Uint8Array => tag("XYZ ", fixed(...values));
  const curve = tag("para", words(3 << 16), fixed(...CURVE));
  const tags: [string, Uint8Array][] = [
    ["desc", text("Display P3")],
    ["cprt", text("CC0")],
    ["wtpt", xyz(...D50)],
    ["chad", tag("sf32", fixed(...ADAPTATION))],
    ...Object.entries(P3).map(([name, primary]): [string, Uint8Array] => [name, xyz(...primary)]),
    ...["rTRC", "gTRC", "bTRC"].map((name): [string, Uint8Array] => [name, curve]),
  ];
  const data = [...new Set(tags.map(([, body]) => body))];
  const first = 132 + 12 * tags.length;
  const placeOf = (body: Uint8Array): number => data.slice(0, data.indexOf(body)).reduce((sum, { length }) => sum + length, first);
  const table = tags.map(([name, body]) => concat(word(name), words(placeOf(body), body.length)));
  const size = data.reduce((sum, { length }) => sum + length, first);
  const header = concat(
    words(size, 0, 0x04300000),
    word("mntrRGB XYZ "),
    words((2026 << 16) | 1, 1 << 16, 0), // the first of January 2026
    word("acsp"),
    words(0, 0, 0, 0, 0, 0, 0),
    fixed(...D50),
    new Uint8Array(48),
  );
  return concat(header, words(tags.length), ...table, ...data);
}
