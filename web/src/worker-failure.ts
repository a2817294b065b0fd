import { beside } from "./file-url.js";

/** Why a worker did not start, from what the browser said of it, which in most is nothing. @internal */
export function workerFailure(error: unknown): string {
  const { origin } = beside(import.meta.url, ".");
  const isForeign = globalThis.location && origin !== location.origin;
  return isForeign ? `browsers start no worker from another origin, and the package comes from ${origin}` : `${error}`;
}
