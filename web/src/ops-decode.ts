import type { Glue, Ops } from "./glue.js";
import type { Raw } from "./types.js";

/** Jobs of a decoder instance. @internal */
export const ops: Ops = {
  info: (glue, bytes: Uint8Array, maxBytes: number) => glue.info(bytes, maxBytes),

  decode(glue: Glue, bytes, reduce, x, y, width, height, allowTruncated, maxBytes, threads): Raw {
    const picture = glue.decode(bytes, reduce, x, y, width, height, allowTruncated, maxBytes, threads);
    try {
      const { width, height, channels, dtype } = picture;
      const shape = [...picture.shape];
      // The copy comes first of all further calls: they may grow the memory under the view.
      const data = picture.view().slice();
      return { width, height, channels, dtype, shape, data, info: glue.info(bytes, maxBytes), icc: glue.icc(bytes), exif: glue.exif(bytes) };
    } finally {
      picture.free();
    }
  },
};
