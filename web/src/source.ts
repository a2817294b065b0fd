import { VaeransError, fail } from "./errors.js";
import type { Source } from "./types.js";

/** What ends a call, and the bytes that it may take. @internal */
export interface Run {
  stop: AbortController;
  signal: AbortSignal;
  maxBytes: number;
}

/** Rejects with the signal's reason as soon as it is aborted. @internal */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** The bytes under a view, which may be of another frame; undefined: it is none, or its buffer was handed over. */
function bytesOf(view: unknown): Uint8Array | undefined {
  try {
    if (ArrayBuffer.isView(view)) return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    if ((view as ArrayBuffer).byteLength >= 0) return new Uint8Array(view as ArrayBuffer);
  } catch {}
  return undefined;
}

/** A stream of the source's bytes, or its bytes if it has them at hand. Asks for what a source can do: it may be of another frame. @internal */
export function open(source: Source): Uint8Array | ReadableStream<Uint8Array> {
  const bytes = bytesOf(source);
  if (bytes) return bytes;
  const any = Object(source) as Partial<Response & ReadableStream<Uint8Array>> & { stream?: () => ReadableStream<Uint8Array> };
  if (any.ok === false) {
    any.body?.cancel().catch(() => {}); // nobody will read it
    fail("stream.network", `the server answered ${any.status} for ${any.url}`);
  }
  const stream = any.getReader ? (source as ReadableStream<Uint8Array>) : any.stream ? any.stream() : any.body;
  if (!stream?.getReader || stream.locked) {
    fail("param.type", "expected bytes, or an unread Response, Blob or stream; for a URL pass await fetch(url)");
  }
  return stream;
}

function check(length: number, maxBytes: number): void {
  if (length > maxBytes) fail("limit.file_size", `the file is longer than maxBytes, ${maxBytes}`);
}

/** Bytes as they arrive. @internal */
export class Intake {
  private readonly chunks: Uint8Array[] = [];
  private reader?: ReadableStreamDefaultReader<Uint8Array>;
  length = 0;
  /** Called after each chunk. */
  arrived?: () => void;

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

  private take(bytes: Uint8Array, maxBytes: number): void {
    this.chunks.push(bytes);
    this.length += bytes.length;
    check(this.length, maxBytes);
  }

  /** Reads to the end. Errors: `stream.network`, `limit.file_size`, the signal's reason. */
  async fill(opened: Uint8Array | ReadableStream<Uint8Array>, { signal, maxBytes }: Run): Promise<void> {
    if (opened instanceof Uint8Array) return this.take(opened.slice(), maxBytes);
    const reader = (this.reader = opened.getReader());
    try {
      for (;;) {
        const { done, value } = await abortable(reader.read(), signal);
        if (done) return;
        this.take(bytesOf(value) ?? fail("param.type", "expected bytes"), maxBytes);
        this.arrived?.();
      }
    } catch (error) {
      this.cancel(error);
      if (signal.aborted || error instanceof VaeransError) throw error;
      fail("stream.network", `the bytes stopped after ${this.length}: ${error}`, error);
    } finally {
      reader.releaseLock();
    }
  }

  /** Lets go of the source: nobody reads on. */
  cancel(why?: unknown): void {
    this.reader?.cancel(why).catch(() => {});
  }
}

/** All bytes of a source, in a buffer that is ours to hand over. @internal */
export async function read(source: Source, run: Run): Promise<Uint8Array> {
  const opened = open(source);
  if (opened instanceof Uint8Array) {
    check(opened.length, run.maxBytes);
    run.signal.throwIfAborted();
    return opened.slice();
  }
  const intake = new Intake();
  await intake.fill(opened, run);
  return intake.all();
}
