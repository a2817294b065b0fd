/** The buffers to hand over instead of copying: those of the value itself, of its items or of its fields. @internal */
export function transferables(value: any): ArrayBuffer[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  // Not of a module or a memory, nor of a text.
  return [Object, Array].includes(value?.constructor) ? [...new Set(Object.values(value).flatMap(transferables))] : [];
}
