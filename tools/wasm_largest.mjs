// node tools/wasm_largest.mjs MODULE.wasm [COUNT]: the largest functions of a module that still has its names.
import { readFileSync } from "node:fs";

/** Reader of a module's bytes. */
class Reader {
  constructor(bytes, at = 0) {
    Object.assign(this, { bytes, at });
  }
  u() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }
  text() {
    const n = this.u();
    this.at += n;
    return new TextDecoder().decode(this.bytes.subarray(this.at - n, this.at));
  }
}

function* sections(bytes) {
  const r = new Reader(bytes, 8);
  while (r.at < bytes.length) {
    const id = r.bytes[r.at++];
    const length = r.u();
    yield { id, start: r.at, end: r.at + length };
    r.at += length;
  }
}

function importedFunctions(r) {
  let count = 0;
  for (let n = r.u(); n > 0; n--) {
    r.text();
    r.text();
    const kind = r.bytes[r.at++];
    if (kind === 0) count++, r.u();
    else if (kind === 3) r.at++, r.u();
    else {
      if (kind === 1) r.at++;
      const flags = r.u();
      r.u();
      if (flags & 1) r.u();
    }
  }
  return count;
}

function names(r, end) {
  const found = new Map();
  while (r.at < end) {
    const kind = r.bytes[r.at++];
    const next = r.u() + r.at;
    if (kind === 1) for (let n = r.u(); n > 0; n--) found.set(r.u(), r.text());
    r.at = next;
  }
  return found;
}

export function largest(bytes) {
  let [imported, bodies, named] = [0, [], new Map()];
  for (const { id, start, end } of sections(bytes)) {
    const r = new Reader(bytes, start);
    if (id === 2) imported = importedFunctions(r);
    if (id === 10)
      for (let n = r.u(), i = 0; i < n; i++) {
        const size = r.u();
        bodies.push({ index: i, size });
        r.at += size;
      }
    if (id === 0 && r.text() === "name") named = names(r, end);
  }
  const name = (b) => named.get(b.index + imported) ?? `function ${b.index + imported}`;
  return bodies.map((b) => ({ size: b.size, name: name(b) })).sort((a, b) => b.size - a.size);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const f of largest(readFileSync(process.argv[2])).slice(0, Number(process.argv[3] ?? 10)))
    console.log(`${String(f.size).padStart(8)}  ${f.name}`);
}
