/** The bytes under a buffer or a view of one, which may be of another frame; undefined: it is neither, or its buffer was handed over. @internal */
export function bytesUnder(value: unknown): Uint8Array | undefined {
  try {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (Object(value).byteLength >= 0) return new Uint8Array(value as ArrayBuffer);
  } catch {}
  return undefined;
}
