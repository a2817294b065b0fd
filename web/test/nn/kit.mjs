/** What tests of vaerans/nn share, in Node and in pages: fixtures of tests/nn/web_fixtures.py read, outputs compared. */

const ARRAYS = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array };

/** A tensor of a case: { data, shape }. */
export function read({ dtype, shape, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  return { data: new ARRAYS[dtype](bytes.buffer), shape };
}

export const readAll = (tensors) => Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, read(tensor)]));

/** How far an output is from what was expected: max|a-b| / max|b|; Infinity where the shape or a whole number differs, or a NaN stands alone. */
export function distance(got, expected) {
  const { data, shape } = read(expected);
  if (String(got.shape) !== String(shape) || got.dtype !== expected.dtype) return Infinity;
  if (expected.dtype !== "float32") return data.every((value, i) => value === got.data[i]) ? 0 : Infinity;
  let [most, worst] = [0, 0];
  data.forEach((value, i) => {
    if (Object.is(value, got.data[i])) return;
    worst = Math.max(worst, Number.isNaN(value) || Number.isNaN(got.data[i]) ? Infinity : Math.abs(value - got.data[i]));
  });
  for (const value of data) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return worst && worst / (most || 1);
}

/** Whether an output has the very bits. */
export const areEqual = (got, expected) =>
  String(got.shape) === String(expected.shape) &&
  btoa(String.fromCharCode(...new Uint8Array(got.data.buffer, got.data.byteOffset, got.data.byteLength))) === expected.data;

function leb(n) {
  const out = [];
  for (; n >= 128; n = Math.floor(n / 128)) out.push((n % 128) | 128);
  return [...out, n];
}

/** A model in one file: an engine with plan and weights in sections of their own. */
export function oneFile(engine, plan, weights) {
  const section = (name, bytes) => {
    const head = [...leb(name.length), ...Array.from(name, (c) => c.charCodeAt(0))];
    return [Uint8Array.from([0, ...leb(head.length + bytes.length), ...head]), bytes];
  };
  const parts = [engine, ...section("vaerans.plan", plan), ...section("vaerans.weights", weights)];
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** [code, message] of what `work` throws, or ["ok", what it gives]. */
export const attempt = (work) =>
  Promise.resolve()
    .then(work)
    .then(
      (value) => ["ok", value],
      (error) => [error?.code ?? error?.name ?? `${error}`, error?.message],
    );
