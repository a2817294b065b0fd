/** PNG (W3C PNG specification, third edition) to samples: every colour type and depth, interlaced or not. */
import { inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };
/** Passes of Adam7: first column, first row, step in columns, step in rows. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

const bad = (words) => {
  throw new Error(`PNG: ${words}`);
};

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});
const crc32 = (bytes) => ~bytes.reduce((crc, byte) => TABLE[(crc ^ byte) & 255] ^ (crc >>> 8), -1) >>> 0;

function chunksOf(file) {
  const chunks = {};
  for (let at = 8; ;) {
    if (at + 12 > file.length) bad("the file ends before its last chunk");
    const length = file.readUInt32BE(at);
    const name = file.toString("latin1", at + 4, at + 8);
    const end = at + 8 + length;
    if (end + 4 > file.length) bad(`the file ends inside chunk ${name}`);
    if (crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end)) bad(`chunk ${name} at byte ${at} is damaged`);
    (chunks[name] ??= []).push(file.subarray(at + 8, end));
    if (name === "IEND") return chunks;
    at = end + 4;
  }
}

function headerOf([ihdr] = []) {
  if (ihdr?.length !== 13) bad("no header");
  const [depth, type, compression, filter, interlace] = ihdr.subarray(8);
  const header = { width: ihdr.readUInt32BE(0), height: ihdr.readUInt32BE(4), depth, type, interlace };
  if (!header.width || !header.height || !DEPTHS[type]?.includes(depth) || compression || filter || interlace > 1) {
    bad(`a header with ${header.width} x ${header.height} pixels, colour type ${type}, depth ${depth}, interlace method ${interlace}`);
  }
  return header;
}

/** The predictor of filter type 4. */
function paeth(left, up, corner) {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** Undoes the filters of rows that each start with their filter type; the rows without it. */
function unfilter(raw, pitch, rows, step) {
  const out = new Uint8Array(pitch * rows);
  for (let y = 0; y < rows; y++) {
    const filter = raw[y * (pitch + 1)];
    if (filter > 4) bad(`row ${y} has filter type ${filter}`);
    const from = y * (pitch + 1) + 1;
    const to = y * pitch;
    for (let x = 0; x < pitch; x++) {
      const left = x >= step ? out[to + x - step] : 0;
      const up = y ? out[to + x - pitch] : 0;
      const guess =
        filter === 0
          ? 0
          : filter === 1
            ? left
            : filter === 2
              ? up
              : filter === 3
                ? (left + up) >> 1
                : paeth(left, up, y && x >= step ? out[to + x - step - pitch] : 0);
      out[to + x] = raw[from + x] + guess;
    }
  }
  return out;
}

/** Samples of one row, as the file has them. */
function unpack(row, depth, count) {
  if (depth === 8) return row;
  if (depth === 16) return Uint16Array.from({ length: count }, (_, i) => (row[2 * i] << 8) | row[2 * i + 1]);
  const perByte = 8 / depth;
  return Uint8Array.from({ length: count }, (_, i) => (row[Math.floor(i / perByte)] >> (8 - depth * ((i % perByte) + 1))) & ((1 << depth) - 1));
}

/** All samples of the file, not yet scaled or looked up. */
function samplesOf({ width, height, depth, type, interlace }, idat) {
  const channels = CHANNELS[type];
  const bits = channels * depth;
  const passes = (interlace ? ADAM7 : [[0, 0, 1, 1]])
    .map(([x, y, dx, dy]) => ({ x, y, dx, dy, columns: Math.ceil((width - x) / dx), rows: Math.ceil((height - y) / dy) }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0)
    .map((pass) => ({ ...pass, pitch: Math.ceil((pass.columns * bits) / 8) }));
  const expected = passes.reduce((sum, { pitch, rows }) => sum + (pitch + 1) * rows, 0);
  const raw = inflate(idat, expected);
  const out = new (depth === 16 ? Uint16Array : Uint8Array)(width * height * channels);
  let at = 0;
  for (const { x, y, dx, dy, columns, rows, pitch } of passes) {
    const plain = unfilter(raw.subarray(at, (at += (pitch + 1) * rows)), pitch, rows, Math.max(1, bits / 8));
    for (let row = 0; row < rows; row++) {
      const line = unpack(plain.subarray(row * pitch, (row + 1) * pitch), depth, columns * channels);
      const start = ((y + row * dy) * width + x) * channels;
      if (dx === 1) out.set(line, start);
      else for (let i = 0; i < line.length; i++) out[start + Math.floor(i / channels) * dx * channels + (i % channels)] = line[i];
    }
  }
  return out;
}

function inflate(parts, expected) {
  const error = (cause) => bad(`the pixels are damaged: ${cause}`);
  let raw;
  try {
    raw = inflateSync(Buffer.concat(parts ?? []), { maxOutputLength: expected + 1024 });
  } catch (cause) {
    error(cause.message);
  }
  return raw.length < expected ? error(`${raw.length} bytes of ${expected}`) : raw;
}

function lookUp(indices, [palette] = [], [alpha] = []) {
  if (!palette || palette.length % 3) bad("no palette");
  const channels = alpha ? 4 : 3;
  const out = new Uint8Array(indices.length * channels);
  indices.forEach((index, i) => {
    if (3 * index >= palette.length) bad(`pixel ${i} has colour ${index} of a palette of ${palette.length / 3}`);
    out.set(palette.subarray(3 * index, 3 * index + 3), i * channels);
    if (alpha) out[i * channels + 3] = alpha[index] ?? 255;
  });
  return { data: out, channels };
}

/** One colour that means "transparent" becomes an alpha channel. */
function keyed(samples, channels, [key], depth) {
  const colour = Array.from({ length: channels }, (_, i) => key.readUInt16BE(2 * i));
  const out = new samples.constructor((samples.length / channels) * (channels + 1));
  for (let from = 0, to = 0; from < samples.length; from += channels, to += channels + 1) {
    out.set(samples.subarray(from, from + channels), to);
    out[to + channels] = colour.every((value, i) => samples[from + i] === value) ? 0 : 2 ** depth - 1;
  }
  return { data: out, channels: channels + 1 };
}

/** The profile of a chunk iCCP: a name, a zero, the method, the profile. */
function profileOf([chunk] = []) {
  if (!chunk) return undefined;
  const name = chunk.indexOf(0);
  try {
    return new Uint8Array(inflateSync(chunk.subarray(name + 2), { maxOutputLength: 16 << 20 }));
  } catch {
    return undefined; // the picture is more than its profile
  }
}

export const isPng = (file) => file.subarray(0, 8).equals(SIGNATURE);

/** A file's samples and metadata: { data, width, height, channels, icc?, exif? }. */
export function readPng(file) {
  const chunks = chunksOf(file);
  const header = headerOf(chunks.IHDR);
  const { width, height, depth, type } = header;
  const samples = samplesOf(header, chunks.IDAT);
  let picture = { data: samples, channels: CHANNELS[type] };
  if (type === 3) picture = lookUp(samples, chunks.PLTE, chunks.tRNS);
  else if (chunks.tRNS && type < 4) picture = keyed(samples, picture.channels, chunks.tRNS, depth);
  if (type === 0 && depth < 8) picture.data = picture.data.map((value) => (value * 255) / (2 ** depth - 1));
  return { ...picture, width, height, icc: profileOf(chunks.iCCP), exif: chunks.eXIf?.[0] };
}
