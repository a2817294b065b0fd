import type { Ops } from "./glue.js";
import type { Raw, Refused } from "./types.js";

/** Jobs of a decoder instance. @internal */
export const decoderOps: Ops = {
  info: (glue, bytes: Uint8Array, ...limits) => glue.info(bytes, ...limits),

  /** A job whose answer has the file with it: it came without a copy, and the next job may have it. */
  lend: (glue, bytes: Uint8Array, op: string, ...args) => ({ value: decoderOps[op]!(glue, bytes, ...args), bytes }),

  decode(glue, bytes, ...options): Raw | Refused {
    try {
      return (glue.decode as (...args: unknown[]) => Raw)(bytes, ...options);
    } catch (error) {
      // The decoder knows photos; another pipe is for the module of pipes, which gets the bytes.
      if (typeof error === "string" && error.startsWith("unavailable.feature")) return { bytes, error };
      throw error;
    }
  },
};
