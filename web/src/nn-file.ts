import { fail } from "./errors.js";

/** A model in one file: wasm without its custom sections, and what these hold. @internal */
export interface OneFile {
  wasm: Uint8Array;
  plan: Uint8Array;
  weights: Uint8Array;
}

const refuse = (): never => fail("model.plan", "a wasm file that is cut or damaged, or holds no network (sections vaerans.plan and vaerans.weights)");

/** Takes a model's file apart; its bytes are not copied but for the wasm. Errors: `model.plan`. @internal */
export function takeApart(file: Uint8Array): OneFile {
  if (String.fromCharCode(...file.subarray(0, 4)) !== "\0asm") fail("model.plan", "not a model: expected the URL of a folder, or the bytes of a .wasm file");
  let at = 8;
  const number = (): number => {
    for (let value = 0, scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = file[at++] ?? refuse();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return refuse();
  };
  const code = [file.subarray(0, at)];
  const found: Record<string, Uint8Array> = {};
  while (at < file.length) {
    const start = at;
    const id = file[at++];
    const end = number() + at;
    if (end > file.length) refuse();
    if (id) code.push(file.subarray(start, end));
    else {
      const nameEnd = number() + at;
      found[String.fromCharCode(...file.subarray(at, Math.min(nameEnd, at + 99)))] = file.subarray(nameEnd, end);
    }
    at = end;
  }
  const { "vaerans.plan": plan = refuse(), "vaerans.weights": weights = refuse() } = found;
  return { wasm: joined(code), plan, weights };
}

function joined(parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
