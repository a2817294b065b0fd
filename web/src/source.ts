import { bytesUnder } from "./bytes.js";
import { VaeransError, fail } from "./errors.js";
import type { Source } from "./types.js";

/** What ends a call of the API, and the bytes that it may take. @internal */
export interface CallContext {
  stop: AbortController;
  signal: AbortSignal;
  maxBytes: number;
  /** maxBytes, maxPixels, maxElements; undefined: as the codec has them. */
  limits: (number | undefined)[];
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

type Streams = Partial<Response & Blob & ReadableStream<Uint8Array>>;

/** A stream of the source's bytes, or its bytes if it has them at hand. Asks for what a source can do: it may be of another frame. */
function openSource(source: Streams): Uint8Array | ReadableStream<Uint8Array> {
  const bytes = bytesUnder(source);
  if (bytes) return bytes;
  if (source.ok === false) {
    source.body?.cancel().catch(() => {}); // nobody will read it
    fail("stream.network", `the server answered ${source.status} for ${source.url || "this"}`);
  }
  if (source.bodyUsed) fail("param.type", "the Response was read before: fetch it again, or read a clone()");
  const stream = source.getReader ? (source as ReadableStream<Uint8Array>) : source.stream ? source.stream() : source.body;
  if (!stream?.getReader || stream.locked) {
    fail("param.type", "expected bytes, or an unread Response, Blob or stream; for a URL pass await fetch(url)");
  }
  return stream;
}

function checkLength(length: number, maxBytes: number): void {
  if (length > maxBytes) fail("limit.file_size", `the file is longer than maxBytes, ${maxBytes}`);
}

/** Bytes to make room for before they arrive, at most: a length that a server tells may be none. */
const MOST_AHEAD = 2 ** 28;

/** A file's bytes as they arrive: each is copied once on its way to a buffer that is ours. @internal */
export class Intake {
  private readonly opened: Uint8Array | ReadableStream<Uint8Array>;
  private reader?: ReadableStreamDefaultReader<Uint8Array>;
  /** Made for the length that the source tells; what arrives beyond that is kept as it came. */
  private room = new Uint8Array();
  private readonly pieces: Uint8Array[] = [];
  length = 0;
  /** Called after each piece. */
  arrived?: () => void;

  constructor(private readonly source: Source) {
    this.opened = openSource(Object(source));
  }

  /** A copy of the first `end` bytes. */
  copy(end: number): Uint8Array {
    const bytes = new Uint8Array(end);
    let at = 0;
    for (const piece of this.pieces) {
      if (at < end) bytes.set(piece.subarray(0, end - at), at);
      at += piece.length;
    }
    return bytes;
  }

  /** All bytes, in a buffer to hand over: the intake is not to be used afterwards. */
  takeAll(): Uint8Array {
    return this.room.length === this.length ? this.room : this.copy(this.length);
  }

  private append(bytes: Uint8Array, maxBytes: number): void {
    const start = this.length;
    this.length += bytes.length;
    checkLength(this.length, maxBytes);
    if (this.length <= this.room.length) {
      this.room.set(bytes, start);
      bytes = this.room.subarray(start, this.length);
    }
    this.pieces.push(bytes);
    this.arrived?.();
  }

  /** Reads to the end. Errors: `stream.network`, `limit.file_size`, the signal's reason. */
  async fill({ signal, maxBytes }: CallContext): Promise<void> {
    const { opened } = this;
    const { headers, size } = this.source as Streams;
    const isBytes = opened instanceof Uint8Array;
    const expected = isBytes ? opened.length : Number(headers?.get("content-length") ?? size);
    if (expected > 0 && expected <= Math.min(maxBytes, MOST_AHEAD)) this.room = new Uint8Array(expected);
    if (isBytes) return this.append(opened, maxBytes);
    const reader = (this.reader = opened.getReader());
    try {
      checkLength(size ?? 0, maxBytes); // a Blob knows
      for (;;) {
        const { done, value } = await abortable(reader.read(), signal);
        if (done) return;
        this.append(bytesUnder(value) ?? fail("param.type", "expected bytes"), maxBytes);
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
export async function readAll(source: Source, call: CallContext): Promise<Uint8Array> {
  const intake = new Intake(source);
  await intake.fill(call);
  return intake.takeAll();
}
