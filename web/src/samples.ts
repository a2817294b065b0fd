import type { Samples } from "./types.js";

/** The typed array of a NumPy dtype over bytes that nobody else holds. float16 is a Float16Array where the engine has it, else its bits. @internal */
export function samplesOf(dtype: string, { buffer }: Uint8Array): Samples {
  const name = `${dtype.endsWith("int64") ? "Big" : ""}${dtype[0]!.toUpperCase()}${dtype.slice(1)}Array`;
  const arrays = globalThis as unknown as Record<string, new (buffer: ArrayBufferLike) => Samples>;
  return new (arrays[name] ?? Uint16Array)(buffer);
}
