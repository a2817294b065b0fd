/** The buffers to hand over instead of copying: those of the value itself, of its items or of its fields. @internal */
export function buffers(value: unknown): ArrayBuffer[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  if (!value || Object(value) !== value || value instanceof WebAssembly.Module || value instanceof WebAssembly.Memory) return [];
  return [...new Set(Object.values(value).flatMap(buffers))];
}
