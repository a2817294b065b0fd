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

/** A coded error for whatever was thrown: memory that the page has not got is a RangeError, an argument that is something else a TypeError. @internal */
export function known(error: unknown): VaeransError {
  const code = error instanceof RangeError ? "limit.memory" : error instanceof TypeError ? "param.type" : "internal.bug";
  return error instanceof VaeransError ? error : new VaeransError(code, `${error}`, error);
}

/** A chunk of the package, loaded on demand. @internal */
export const part = <T>(chunk: Promise<T>): Promise<T> => chunk.catch((error) => fail("unavailable.script", `a script of the package: ${error}`, error));

/** The error for a "code\nmessage" string, which is what crosses from wasm and from a worker. @internal */
export function coded(text: string): VaeransError {
  const [code, message] = text.split(/\n(.*)/s) as [string, string];
  return new VaeransError(code, message);
}
