import { fail } from "./errors.js";
import type { ReadOptions, Source } from "./types.js";

/** Rejects with the signal's reason as soon as it is aborted. @internal */
export function abortable<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** A stream of the source's bytes, or its bytes if it has them at hand. @internal */
export function open(source: Source): Uint8Array | ReadableStream<Uint8Array> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof Blob) return source.stream();
  if (source instanceof ReadableStream) return source;
  if (!(source instanceof Response)) fail("param.type", "expected bytes, an ArrayBuffer, Response, Blob or ReadableStream; for a URL pass await fetch(url)");
  if (!source.ok) fail("stream.network", `the server answered ${source.status} for ${source.url}`);
  return source.body ?? fail("param.type", "the Response has no body, or it was read already");
}

/** Bytes as they arrive, in one buffer that doubles. @internal */
export class Intake {
  private bytes = new Uint8Array(65536);
  length = 0;

  /** The bytes so far; a view. */
  get all(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** Reads to the end; `arrived` is called after each chunk. Errors: `stream.network`, `limit.file_size`, the signal's reason. */
  async fill(stream: ReadableStream<Uint8Array>, { signal, maxBytes = Infinity }: ReadOptions, arrived?: () => void): Promise<Uint8Array> {
    const reader = stream.getReader();
    try {
      for (;;) {
        const { done, value } = await abortable(reader.read(), signal);
        if (done) return this.all;
        this.push(value);
        if (this.length > maxBytes) fail("limit.file_size", `the file is longer than maxBytes, ${maxBytes}`);
        arrived?.();
      }
    } catch (error) {
      reader.cancel(error).catch(() => {});
      if (signal?.aborted || (error as { code?: unknown }).code === "limit.file_size") throw error;
      fail("stream.network", `the bytes stopped after ${this.length}: ${error}`, error);
    }
  }

  private push(chunk: Uint8Array): void {
    const need = this.length + chunk.length;
    if (need > this.bytes.length) {
      const grown = new Uint8Array(Math.max(need, 2 * this.bytes.length));
      grown.set(this.all);
      this.bytes = grown;
    }
    this.bytes.set(chunk, this.length);
    this.length = need;
  }
}

/** All bytes of a source, in a buffer that is ours to hand over. @internal */
export async function read(source: Source, options: ReadOptions): Promise<Uint8Array> {
  options.signal?.throwIfAborted();
  const opened = open(source);
  return opened instanceof Uint8Array ? opened.slice() : new Intake().fill(opened, options);
}
