import type { Glue, Ops } from "./glue.js";
import type { Raw, Refused } from "./types.js";

/** Jobs of a decoder instance. @internal */
export const decoderOps: Ops = {
  info: (glue, bytes: Uint8Array, maxBytes: number) => glue.info(bytes, maxBytes),

  /** A job whose answer has the file with it: it came without a copy, and the next job may have it. */
  lend: (glue, bytes: Uint8Array, op: string, ...args) => ({ value: decoderOps[op]!(glue, bytes, ...args), bytes }),

  decode(glue: Glue, bytes, ...options): Raw | Refused {
    try {
      (glue.decode as (...args: unknown[]) => void)(bytes, ...options);
    } catch (error) {
      // The decoder knows photos; another pipe is for the module of pipes, which gets the bytes.
      if (typeof error === "string" && error.startsWith("unavailable.feature")) return { bytes, error };
      throw error;
    }
    try {
      // The copy comes before any further call: that may grow the memory under the view.
      const data = glue.samples().slice();
      const info = glue.info(bytes, options[6]);
      const { kind, channels, shape, dtype, header_bytes, icc_bytes, exif_bytes } = JSON.parse(info);
      const head = bytes.subarray(0, header_bytes);
      const block = (size: number, isExif: boolean): Uint8Array => (size ? glue.block(head, isExif) : new Uint8Array());
      return {
        dtype,
        shape: kind === "picture" ? [glue.height(), glue.width(), channels] : shape,
        data,
        info,
        icc: block(icc_bytes, false),
        exif: block(exif_bytes, true),
      };
    } finally {
      glue.release();
    }
  },
};
