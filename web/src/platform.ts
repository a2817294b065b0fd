// Types of the platform, for programs whose TypeScript knows them and for those whose does not: Node without lib "dom", an
// older library in which arrays do not tell their buffers.

/** The instances of a global class; `Otherwise` where TypeScript's library does not know it. */
export type Global<Name extends string, Otherwise = never> = typeof globalThis extends { [Key in Name]: { prototype: infer Instance } } ? Instance : Otherwise;

/** A compiled wasm module. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : never;

/** A typed array over a buffer of its own: a `Uint8Array<ArrayBuffer>`, since TypeScript 5.7, which a Blob takes. */
export type Own<Samples extends { slice(): unknown }> = ReturnType<Samples["slice"]>;

/** A stream of bytes: the page's ReadableStream, or that of `node:stream/web`. */
export interface ByteStream {
  readonly locked: boolean;
  getReader(): ByteReader;
}

export interface ByteReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
}

/** What a canvas takes; an object of the same fields where there are no canvases. */
export type CanvasImage = Global<"ImageData", { data: Own<Uint8ClampedArray>; width: number; height: number; colorSpace: string }>;
