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
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(`[${code}] ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Throws a coded error; usable where an expression is wanted. @internal */
export function fail(code: string, message: string, cause?: unknown): never {
  throw new VaeransError(code, message, cause);
}

/** The error for a "code\nmessage" string, which is what crosses from wasm and from a worker. @internal */
export function coded(text: string): VaeransError {
  const cut = text.indexOf("\n");
  return new VaeransError(text.slice(0, cut), text.slice(cut + 1));
}
