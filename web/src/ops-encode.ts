import type { Glue, Ops } from "./glue.js";

/** Jobs of an encoder instance; `encodeBand` codes tile rows, which several instances do side by side. @internal */
export const encoderOps: Ops = {
  encode: (glue, ...args) => glue.encode(...args),

  tile: (glue, profile: object) => glue.tile(profile),

  /** How many channels the file keeps; the pixels go back with the answer, so that the next job need not copy them. */
  stored: (glue, pixels: Uint8Array, channels: number, depth: number) => ({
    stored: glue.stored_channels(pixels, channels, depth),
    pixels,
  }),

  encodeBand: (glue, ...args) => glue.encode_part(...args),

  join(glue: Glue, parts: Uint8Array[], ...whole) {
    const joiner = new glue.Joiner(...whole);
    try {
      parts.forEach((part) => joiner.add(part));
    } catch (error) {
      joiner.free();
      throw error;
    }
    return joiner.finish(); // takes the joiner with it
  },
};
