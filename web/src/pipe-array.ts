import { fail } from "./errors.js";

/** The elements of a tensor. float16 is a Float16Array where the engine has it, else a Uint16Array of its bits. */
export type TensorData =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | BigUint64Array | BigInt64Array | Float32Array | Float64Array;

const ARRAYS: Record<string, { new (buffer: ArrayBufferLike): TensorData }> = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
  float16: (globalThis as unknown as { Float16Array?: typeof Uint16Array }).Float16Array ?? Uint16Array,
};

/** A typed array of `dtype` over bytes that nobody else holds. @internal */
export const arrayOf = (dtype: string, { buffer }: Uint8Array): TensorData => new ARRAYS[dtype]!(buffer);

/** The bytes of a typed array and the name of its elements; it may come from another frame. @internal */
export function elementsOf(data: unknown): [bytes: Uint8Array, dtype: string] {
  const dtype = String(Object(data)[Symbol.toStringTag])
    .replace(/Clamped|Big|Array/g, "")
    .toLowerCase();
  try {
    if (ARRAYS[dtype] && ArrayBuffer.isView(data)) return [new Uint8Array(data.buffer, data.byteOffset, data.byteLength), dtype];
  } catch {} // handed over
  return fail("param.type", `expected a typed array, got ${Object.prototype.toString.call(data)}`);
}

/** The bytes of a file. @internal */
export function bytesOf(file: unknown): Uint8Array {
  try {
    if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(file))) return new Uint8Array(file as ArrayBuffer);
  } catch {} // handed over
  return elementsOf(file)[0];
}

/** A name; the glue would stop half way at anything else, and leave what it had copied. @internal */
export function text(name: string, value: unknown): string {
  return typeof value === "string" ? value : fail("param.type", `${name}: expected text, got a ${typeof value}`);
}

/** Refuses what would lose digits on its way into wasm. @internal */
export function whole(name: string, value: number, low = 0, high = 2 ** 31 - 1, code = "param.range"): number {
  if (!(Number.isInteger(value) && value >= low && value <= high)) fail(code, `${name}: expected a whole number from ${low} to ${high}, got ${String(value)}`);
  return value;
}

/** Numbers that wasm would round are entities that never were. @internal */
export function entity(eid: number): number {
  return Number.isInteger(eid) && eid >= 0 && eid <= Number.MAX_SAFE_INTEGER ? eid : fail("pipe.unknown_entity", `entity ${String(eid)} does not exist`);
}
