// Files that mean harm, made of good ones; wasm that has too little memory, or a fault.
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 8; bit--;) n = n & 1 ? (n >>> 1) ^ 0x82f63b78 : n >>> 1;
  return n;
});
const crc32c = (bytes) => ~bytes.reduce((crc, byte) => TABLE[(crc ^ byte) & 255] ^ (crc >>> 8), ~0) >>> 0;
const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Where the body of the first record begins: behind the prelude, its type and its length. */
const BODY = 17;

/** Pseudo-random whole numbers below n, the same for a seed. */
export const random = (seed) => (n) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};

/** Where the sections of a file of one stream and one tile lie, with their checksums. */
export function sectionsOf(bytes, { headerBytes, levelBytes }) {
  let from = headerBytes;
  return levelBytes.map((size) => [from, (from += size), crc32c(bytes.subarray(from - size, from))]);
}

/** Writes checksums that fit what was changed: without them every change ends at the first check. */
export function seal(bytes, sections = []) {
  if (bytes.length < BODY + 4) return bytes;
  const at = view(bytes);
  const end = BODY + at.getUint32(BODY - 4, true);
  if (end + 4 > bytes.length) return bytes;
  let place = BODY;
  for (const [from, to, old] of sections) {
    while (place < end - 4 && at.getUint32(place, true) !== old) place++;
    if (place < end - 4) at.setUint32(place, crc32c(bytes.subarray(from, to)), true);
    place += 4;
  }
  at.setUint32(end, crc32c(bytes.subarray(0, end)), true);
  return bytes;
}

/** `file` with one to three bytes changed, half of them in the header, and sealed. */
export function mutant({ bytes, sections, headerBytes }, below) {
  const out = Uint8Array.from(bytes);
  for (let changes = 1 + below(3); changes--;) {
    const at = BODY + below((below(2) ? headerBytes : out.length) - BODY - 4);
    out[at] = [below(256), 255, 0, out[at] ^ (1 << below(8))][below(4)];
  }
  return seal(out, sections);
}

function varint(n) {
  const out = [];
  for (; n >= 128; n = Math.floor(n / 128)) out.push((n % 128) | 128);
  return [...out, n];
}

/** A picture's file that claims another size. */
export function resized(bytes, width, height, tile) {
  const end = BODY + view(bytes).getUint32(BODY - 4, true);
  let at = BODY + 2; // behind the empty key and the kind of content
  const skip = () => {
    while (bytes[at++] & 128);
    return at;
  };
  skip();
  const [colour, sides] = [skip(), (at += 2)];
  const rest = skip();
  const body = [
    ...bytes.subarray(BODY, BODY + 2),
    ...varint(width),
    ...varint(height),
    ...bytes.subarray(colour, sides),
    ...(tile === undefined ? bytes.subarray(sides, rest) : varint(tile)),
    ...bytes.subarray(rest, end),
  ];
  const out = Uint8Array.from([...bytes.subarray(0, BODY), ...body, 0, 0, 0, 0, ...bytes.subarray(end + 4)]);
  view(out).setUint32(BODY - 4, body.length, true);
  return seal(out);
}

/** The sections of a wasm file: [id, contents]. */
function* parts(wasm) {
  for (let at = 8; at < wasm.length;) {
    const id = wasm[at++];
    let size = 0;
    for (let shift = 0, byte = 128; byte & 128; shift += 7) size |= ((byte = wasm[at++]) & 127) << shift;
    yield [id, wasm.subarray(at, (at += size))];
  }
}

/** The same module with memory of `pages` pages of 64 KiB at most. */
export function limited(wasm, pages) {
  const out = [...wasm.subarray(0, 8)];
  for (const [id, contents] of parts(wasm)) {
    // One memory: flags (1: with a maximum), the least, the most.
    const least = [...contents.subarray(2)].slice(0, contents.subarray(2).findIndex((byte) => byte < 128) + 1);
    const now = id === 5 ? Uint8Array.from([1, 1, ...least, ...varint(pages)]) : contents;
    out.push(id, ...varint(now.length));
    for (const byte of now) out.push(byte);
  }
  return Uint8Array.from(out);
}

/** Reads numbers and names of a section. */
function reader(bytes) {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0, byte = 128; byte & 128; shift += 7) value |= ((byte = bytes[at++]) & 127) << shift;
    return value;
  };
  const take = (size) => bytes.subarray(at, (at += size));
  return { number, take, name: () => new TextDecoder().decode(take(number())), byte: () => bytes[at++], rest: () => bytes.subarray(at) };
}

/** How many functions the module imports; ours import nothing else but memory. */
function imports(section) {
  const { number, name, byte } = reader(section);
  const count = number();
  let functions = 0;
  for (let i = 0; i < count; i++) {
    name();
    name();
    const kind = byte();
    if (kind === 0) functions++;
    else if (kind !== 2) throw new Error("an import that is neither a function nor memory");
    if (number() & 1 && kind === 2) number(); // a type; or flags, with a maximum, then the least and the most
    if (kind === 2) number();
  }
  return functions;
}

function exported(section, wanted) {
  const { number, name, byte } = reader(section);
  for (let left = number(); left--;) {
    const [one, kind, index] = [name(), byte(), number()];
    if (one === wanted && kind === 0) return index;
  }
  throw new Error(`no export ${wanted}`);
}

/** The same module with a fault in the export of that name: it traps at once. */
export function trapping(wasm, name) {
  const sections = [...parts(wasm)];
  const of = (id) => sections.find(([one]) => one === id)[1];
  const wanted = exported(of(7), name) - imports(of(2));
  const out = [...wasm.subarray(0, 8)];
  for (const [id, contents] of sections) {
    let now = contents;
    if (id === 10) {
      const { number, take } = reader(contents);
      const count = number();
      now = [...varint(count)];
      for (let i = 0; i < count; i++) {
        let body = take(number());
        if (i === wanted) {
          const code = reader(body);
          for (let left = code.number(); left--;) (code.number(), code.byte()); // its locals
          const rest = code.rest();
          body = Uint8Array.from([...body.subarray(0, body.length - rest.length), 0 /* unreachable */, ...rest]);
        }
        now.push(...varint(body.length));
        for (const byte of body) now.push(byte);
      }
    }
    out.push(id, ...varint(now.length));
    for (const byte of now) out.push(byte);
  }
  return Uint8Array.from(out);
}
