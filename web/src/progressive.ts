import { decodeRaw } from "./decoding.js";
import type { Engine } from "./engine.js";
import { fail } from "./errors.js";
import type { VaeransError } from "./errors.js";
import type { Picture } from "./picture.js";
import { reductionOf } from "./scale.js";
import type { CallContext, Intake } from "./source.js";
import type { FileInfo, Level, ProgressiveOptions, Raw } from "./types.js";

/** Bytes after which the levels for 1/2^reduction are whole; Infinity for a scale coarser than the file's coarsest level. */
function bytesNeeded({ headerBytes, levelBytes }: FileInfo, reduction: number): number {
  const count = levelBytes.length - reduction;
  return count < 1 ? Infinity : levelBytes.slice(0, count).reduce((sum, bytes) => sum + bytes, headerBytes);
}

/** Bytes up to which each arrival is worth a look for the header; beyond that there must be more by a quarter. */
const SMALL = 4096;

/** log2 of the scales to paint, the coarsest first, each once. */
function reductionsOf(scales: unknown): number[] {
  if (!Array.isArray(scales) || !scales.length) fail("param.range", "scales: expected a list of one at least");
  return [...new Set(scales.map(reductionOf))].sort((a, b) => b - a);
}

/** One progressive decode: an intake that collects bytes, and a painter that always takes the best level they allow. */
class Progress {
  private over = false;
  private failure: unknown;
  private header?: FileInfo;
  private reductions: number[] = [];
  /** Bytes to look at for the header. */
  private ahead = SMALL;
  private wake = (): void => {};

  constructor(
    private readonly engine: Engine,
    private readonly intake: Intake,
    private readonly pictureOf: (raw: Raw) => Promise<Picture>,
    private readonly call: CallContext,
  ) {
    intake.arrived = () => this.wake();
  }

  /** Takes note of the end of the bytes. */
  async end(filled: Promise<void>): Promise<void> {
    await filled.catch((error) => (this.failure = error));
    this.over = true;
    this.wake();
  }

  /** More bytes, or the end of them, since `seen`. */
  private arrival(seen: number): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (this.over || this.intake.length > seen) resolve();
    });
  }

  /** The header, once its bytes are there: looked for in the first bytes, by a quarter more each time, so that few are copied twice. */
  private async findHeader(): Promise<FileInfo | undefined> {
    while (!this.header) {
      const { over, intake } = this;
      const { length } = intake;
      if (!over && (!length || (length < this.ahead && this.ahead > SMALL))) return undefined;
      const size = Math.min(length, this.ahead);
      try {
        this.header = await this.engine.run("info", [intake.copy(size), ...this.call.limits], this.call.signal);
      } catch (error) {
        if ((error as VaeransError).code !== "stream.truncated" || (over && size === length)) throw this.failure ?? error;
        if (size < this.ahead) return undefined;
        this.ahead = Math.ceil(this.ahead * 1.25);
      }
    }
    return this.header;
  }

  /** The index of the finest scale that the bytes so far allow; -1: none yet. The full size waits for the whole file. */
  private best(header: FileInfo): number {
    const last = this.reductions.length - 1;
    if (this.over && !this.failure) return last;
    const reached = this.reductions.map((reduction) => reduction > 0 && header.kind === "picture" && bytesNeeded(header, reduction) <= this.intake.length);
    return reached.lastIndexOf(true);
  }

  private async decode(index: number, header: FileInfo): Promise<Raw> {
    const reduction = this.reductions[index]!;
    const needed = reduction > 0 ? bytesNeeded(header, reduction) : Infinity;
    const isPart = needed <= this.intake.length;
    const bytes = isPart ? this.intake.copy(needed) : this.intake.takeAll(); // nothing is painted after the whole
    const args = [bytes, reduction, 0, 0, 0, 0, isPart, ...this.call.limits, this.engine.threads];
    return decodeRaw(this.engine, args, this.call.signal);
  }

  /** Calls back; what the caller throws ends the call and comes out as it is. */
  private async tell(callBack: () => unknown): Promise<void> {
    const { signal, stop } = this.call;
    try {
      await callBack();
    } catch (error) {
      stop.abort(error);
    }
    signal.throwIfAborted();
  }

  /** What the caller wants to know of the header, and wants to see of the file. */
  private async start(header: FileInfo, { scales, onHeader }: ProgressiveOptions): Promise<void> {
    if (onHeader) await this.tell(() => onHeader(header));
    if (typeof scales !== "function") return;
    let told: unknown;
    await this.tell(() => (told = scales(header)));
    this.reductions = reductionsOf(told);
  }

  /** Paints until the last scale is done. */
  async paintAll(onLevel: (picture: Picture, level: Level) => unknown, options: ProgressiveOptions): Promise<Picture> {
    const { scales = [1 / 8, 1 / 4, 1 / 2, 1] } = options;
    if (typeof scales !== "function") this.reductions = reductionsOf(scales);
    for (let painted = -1, isStarted = false; ;) {
      this.call.signal.throwIfAborted();
      const bytes = this.intake.length;
      const stopped = this.over;
      const header = await this.findHeader();
      if (header && !isStarted) await this.start(header, options);
      isStarted = !!header;
      const last = this.reductions.length - 1;
      const next = header ? this.best(header) : -1;
      if (next > painted) {
        const picture = await this.pictureOf(await this.decode(next, header!));
        painted = next;
        await this.tell(() => onLevel(picture, { scale: 2 ** -this.reductions[next]!, bytes, done: next === last }));
        if (next === last) return picture;
      } else if (stopped) {
        throw this.failure;
      } else {
        await this.arrival(bytes);
      }
    }
  }
}

/** See `decodeProgressive` in api.ts. `filled`: the end of the bytes; `pictureOf`: makes a picture of the page's own class. @internal */
export async function progressive(
  engine: Engine,
  intake: Intake,
  filled: Promise<void>,
  pictureOf: (raw: Raw) => Promise<Picture>,
  onLevel: (picture: Picture, level: Level) => unknown,
  options: ProgressiveOptions,
  call: CallContext,
): Promise<Picture> {
  if (typeof onLevel !== "function") fail("param.type", "onLevel: expected a function");
  if (options.onHeader && typeof options.onHeader !== "function") fail("param.type", "onHeader: expected a function");
  const progress = new Progress(engine, intake, pictureOf, call);
  void progress.end(filled);
  return progress.paintAll(onLevel, options);
}
