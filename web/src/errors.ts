import type { ErrorCode } from "./error-codes.js";
import { VaeransError } from "./vaerans-error.js";

export { VaeransError };

/** Throws a coded error; usable where an expression is wanted. @internal */
export function fail(code: ErrorCode, message: string, cause?: unknown): never {
  throw new VaeransError(code, message, cause);
}

/** A coded error for whatever was thrown: memory that the page has not got is a RangeError, an argument that is something else a TypeError. @internal */
export function asVaeransError(error: unknown): VaeransError {
  // A chunk has a copy of the class: its errors become ours.
  if ((error as Error | undefined)?.name === "VaeransError") return Object.setPrototypeOf(error, VaeransError.prototype) as VaeransError;
  const code = error instanceof RangeError ? "limit.memory" : error instanceof TypeError ? "param.type" : "internal.bug";
  return new VaeransError(code, `${error}`, error);
}

/** Waits for a chunk of the package that is imported on demand. @internal */
export const loadChunk = <T>(chunk: Promise<T>): Promise<T> => chunk.catch((error) => fail("unavailable.script", `a script of the package: ${error}`, error));

/** The error for a "code\nmessage" string, which is what crosses from wasm and from a worker. @internal */
export function parseError(text: string): VaeransError {
  const [code, message] = text.split(/\n(.*)/s) as [ErrorCode, string];
  return new VaeransError(code, message);
}
