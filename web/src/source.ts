import { VaeransError, fail } from "./errors.js";
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

/** A stream of the source's bytes, or its bytes if it has them at hand. Asks for what a source can do: it may be of another frame. @internal */
export function open(source: Source): Uint8Array | ReadableStream<Uint8Array> {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  const any = Object(source) as Partial<ArrayBuffer & Response & Blob & ReadableStream<Uint8Array>>;
  if (any.byteLength! >= 0) return new Uint8Array(source as ArrayBuffer);
  if (any.ok === false) fail("stream.network", `the server answered ${any.status} for ${any.url}`);
  const stream = any.getReader ? (source as ReadableStream<Uint8Array>) : any.stream ? any.stream() : any.body;
  if (!stream || stream.locked) {
    fail("param.type", "expected bytes, or a Response, Blob or ReadableStream that was not read yet; for a URL pass await fetch(url)");
  }
  return stream;
}

/** Bytes as they arrive. @internal */
export class Intake {
  private readonly chunks: Uint8Array[] = [];
  length = 0;

  /** A copy of the bytes so far. */
  all(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  /** Reads to the end; `arrived` is called after each chunk. Errors: `stream.network`, `limit.file_size`, the signal's reason. */
  async fill(stream: ReadableStream<Uint8Array>, { signal, maxBytes }: ReadOptions, arrived?: () => void): Promise<void> {
    const reader = stream.getReader();
    try {
      for (;;) {
        const { done, value } = await abortable(reader.read(), signal);
        if (done) return;
        this.chunks.push(value);
        this.length += value.length;
        if (this.length > maxBytes!) fail("limit.file_size", `the file is longer than maxBytes, ${maxBytes}`);
        arrived?.();
      }
    } catch (error) {
      reader.cancel(error).catch(() => {});
      if (signal?.aborted || error instanceof VaeransError) throw error;
      fail("stream.network", `the bytes stopped after ${this.length}: ${error}`, error);
    }
  }
}

/** All bytes of a source, in a buffer that is ours to hand over. @internal */
export async function read(source: Source, options: ReadOptions): Promise<Uint8Array> {
  options.signal?.throwIfAborted();
  const opened = open(source);
  if (opened instanceof Uint8Array) return opened.slice();
  const intake = new Intake();
  await intake.fill(opened, options);
  return intake.all();
}
