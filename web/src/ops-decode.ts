import type { Glue, Ops } from "./glue.js";
import type { Raw, Refused } from "./types.js";

/** Jobs of a decoder instance. @internal */
export const ops: Ops = {
  info: (glue, bytes: Uint8Array, maxBytes: number) => glue.info(bytes, maxBytes),

  decode(glue: Glue, bytes, reduce, x, y, width, height, allowTruncated, maxBytes, threads): Raw | Refused {
    let picture;
    try {
      picture = glue.decode(bytes, reduce, x, y, width, height, allowTruncated, maxBytes, threads);
    } catch (error) {
      // The decoder knows photos; another pipe is for the module of pipes, which gets the bytes.
      if (typeof error === "string" && error.startsWith("unavailable.feature")) return { bytes, error };
      throw error;
    }
    try {
      const { dtype, shape } = picture;
      // The copy comes before any further call: that may grow the memory under the view.
      const data = picture.view().slice();
      const info = glue.info(bytes, maxBytes);
      const { header_bytes, icc_bytes, exif_bytes } = JSON.parse(info);
      const head = bytes.subarray(0, header_bytes);
      const none = new Uint8Array();
      return { dtype, shape: [...shape], data, info, icc: icc_bytes ? glue.icc(head) : none, exif: exif_bytes ? glue.exif(head) : none };
    } finally {
      picture.free();
    }
  },
};
