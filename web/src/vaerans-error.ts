import type { ErrorCode } from "./error-codes.js";

/**
 * What every function of the package throws. `code` is the dotted code that Python and Rust use too (docs/errors.md);
 * branch on it, never on the words of `message`.
 *
 * @example
 * try { await decode(bytes); } catch (e) { if (e instanceof VaeransError && e.code === "stream.truncated") retry(); }
 */
export class VaeransError extends Error {
  override readonly name = "VaeransError";
  /** The stable code, for example `stream.magic` or `limit.memory`. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(`[${code}] ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
