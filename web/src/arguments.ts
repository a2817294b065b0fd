import type { ErrorCode } from "./error-codes.js";
import { fail } from "./errors.js";

/** Refuses what is no number. @internal */
export function checkNumber(name: string, value: unknown): void {
  if (typeof value !== "number") fail("param.type", `${name}: expected a number, got a ${typeof value}`);
}

/** Refuses what would lose digits on its way into wasm. @internal */
export function integer(name: string, value: number, low = 0, high = 2 ** 31 - 1, code: ErrorCode = "param.range"): number {
  checkNumber(name, value);
  if (!(Number.isInteger(value) && value >= low && value <= high)) fail(code, `${name}: expected a whole number from ${low} to ${high}, got ${value}`);
  return value;
}
