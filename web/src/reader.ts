import make from "glue:reader-simd";
import { get } from "./file-url.js";
import { VaeransError } from "./vaerans-error.js";

/** The exports of the module of readers: a picture whose samples stay in the instance's memory. */
interface Read {
  width(): number;
  height(): number;
  channels(): number;
  depth(): 8 | 16;
  orientation(): number;
  icc(): Uint8Array | undefined;
  exif(): Uint8Array | undefined;
  /** Pictures, frames or pages in the file; this is the first. */
  frames(): number;
  /** Metadata that is left out, in words. */
  dropped(): string | undefined;
  address(): number;
}

interface ReaderGlue {
  initSync(options: { module: WebAssembly.Module }): { memory: WebAssembly.Memory };
  read(file: Uint8Array, maxPixels: number, maxBytes: number): Read;
  refused(): boolean;
}

/** A picture file's samples and what it says about them. @internal */
export interface ReadPicture {
  data: Uint8Array | Uint16Array;
  width: number;
  height: number;
  channels: number;
  orientation: number;
  icc: Uint8Array | undefined;
  exif: Uint8Array | undefined;
  frames: number;
  dropped: string | undefined;
}

let module: Promise<WebAssembly.Module> | undefined;

const load = async (): Promise<WebAssembly.Module> => WebAssembly.compile(await (await get(new URL("./wasm/reader-simd.wasm", import.meta.url))).arrayBuffer());

/** Strings are the readers' own errors; anything else is a decoder that gave up, or memory that is not there. */
function coded(error: unknown, refused: boolean): VaeransError {
  if (typeof error === "string") {
    const [code, message] = error.split(/\n(.*)/s) as [VaeransError["code"], string];
    return new VaeransError(code, message);
  }
  if (refused || error instanceof RangeError) return new VaeransError("limit.memory", "there is too little memory for this picture; make it smaller", error);
  return new VaeransError("data.image_damaged", `the file cannot be decoded: its decoder gave up on it (${error}); fetch the file again`, error);
}

/**
 * Decodes a JPEG, PNG, WebP or TIFF file, with the readers of the Python package. Each picture has an instance of its own: what one file
 * does to it, its size included, is gone with the next. Limits of 0 are the readers' own. For the command vaerans-encode. @internal
 */
export async function readPicture(file: Uint8Array, { maxPixels = 0, maxBytes = 0 } = {}): Promise<ReadPicture> {
  const compiled = await (module ??= load());
  const glue = (make as unknown as () => ReaderGlue)();
  let memory: WebAssembly.Memory | undefined;
  try {
    ({ memory } = glue.initSync({ module: compiled }));
    const read = glue.read(file, maxPixels, maxBytes);
    const [width, height, channels] = [read.width(), read.height(), read.channels()];
    const meta = { orientation: read.orientation(), icc: read.icc(), exif: read.exif(), frames: read.frames(), dropped: read.dropped() };
    const samples = read.depth() === 16 ? Uint16Array : Uint8Array;
    return { data: new samples(memory.buffer, read.address() >>> 0, width * height * channels), width, height, channels, ...meta };
  } catch (error) {
    throw coded(error, !!memory && glue.refused());
  }
}
