import { bytesUnder } from "./bytes.js";
import { fail } from "./errors.js";

const DTYPE = /^u?int(8|16|32|64)$|^float(16|32|64)$/;

/** The bytes of a typed array and the name of its elements; it may come from another frame. @internal */
export function bytesAndDtype(data: unknown): [bytes: Uint8Array, dtype: string] {
  const dtype = String(Object(data)[Symbol.toStringTag])
    .replace(/Clamped|Big|Array/g, "")
    .toLowerCase();
  const bytes = DTYPE.test(dtype) && ArrayBuffer.isView(data) ? bytesUnder(data) : undefined;
  return [bytes ?? fail("param.type", `expected a typed array, got ${Object.prototype.toString.call(data)}`), dtype];
}

/** The bytes of a file. @internal */
export function fileBytes(file: unknown): Uint8Array {
  return bytesUnder(file) ?? fail("param.type", `expected the bytes of a file, got ${Object.prototype.toString.call(file)}`);
}

/** A name; the glue would stop half way at anything else, and leave what it had copied. @internal */
export function textArgument(name: string, value: unknown): string {
  return typeof value === "string" ? value : fail("param.type", `${name}: expected text, got a ${typeof value}`);
}

/** Numbers that wasm would round are entities that never were. @internal */
export function entityArgument(eid: number): number {
  return Number.isInteger(eid) && eid >= 0 && eid <= Number.MAX_SAFE_INTEGER ? eid : fail("pipe.unknown_entity", `entity ${String(eid)} does not exist`);
}
