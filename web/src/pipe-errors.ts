// Stands in for errors.ts in pipe.js: there is one class VaeransError, that of the file beside it.
import { VaeransError } from "./index.js";

export { VaeransError };

export function fail(code: string, message: string, cause?: unknown): never {
  throw new VaeransError(code, message, cause);
}

export function coded(text: string): VaeransError {
  const cut = text.indexOf("\n");
  return new VaeransError(text.slice(0, cut), text.slice(cut + 1));
}
