import { decodeRaw } from "./decoding.js";
import type { Engine } from "./engine.js";
import { fail } from "./errors.js";
import type { VaeransError } from "./errors.js";
import type { Picture } from "./picture.js";
import { reductionOf } from "./scale.js";
import type { CallContext, Intake } from "./source.js";
import type { FileInfo, Level, ProgressiveOptions, Raw } from "./types.js";

/** A paint: at 1/2^reduction, when so many bytes are there; Infinity: all. */
interface Paint {
  reduction: number;
  needed: number;
}

/** Bytes after which the levels for 1/2^reduction are whole; Infinity for a scale coarser than the file's coarsest level. */
function bytesNeeded({ headerBytes, levelBytes }: FileInfo, reduction: number): number {
  const count = levelBytes.length - reduction;
  return count < 1 ? Infinity : levelBytes.slice(0, count).reduce((sum, bytes) => sum + bytes, headerBytes);
}

/**
 * What to paint of a file. Layers of the learned codec are all of the full size: the first is painted at the finest scale, and does for a
 * smaller one, unless the picture has alpha (an even number of channels), which comes behind the layers.
 */
function paintsOf(header: FileInfo, reductions: number[]): Paint[] {
  if (header.levelKind !== "layer")
    return reductions.map((reduction) => ({ reduction, needed: reduction > 0 && header.kind === "picture" ? bytesNeeded(header, reduction) : Infinity }));
  const reduction = reductions.at(-1)!;
  const base = { reduction, needed: bytesNeeded(header, header.levels - 1) };
  const whole = { reduction, needed: Infinity };
  if (base.needed >= header.fileBytes) return [whole];
  return reduction > 0 && header.channels % 2 ? [base] : [base, whole];
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
  private paints: Paint[] = [];
  /** Bytes to look at for the header. */
  private ahead = SMALL;
  private wake = (): void => {};

  constructor(
    private readonly engine: Engine,
    private readonly intake: Intake,
    private readonly pictureOf: (raw: Raw) => Promise<Picture>,
    private readonly options: ProgressiveOptions,
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
  private get best(): number {
    if (this.over && !this.failure) return this.paints.length - 1;
    return this.paints.map(({ needed }) => needed <= this.intake.length).lastIndexOf(true);
  }

  private async decode({ reduction, needed }: Paint): Promise<Raw> {
    const isPart = needed <= this.intake.length;
    const bytes = isPart ? this.intake.copy(needed) : this.intake.takeAll(); // nothing is painted after the whole
    const args = [bytes, reduction, 0, 0, 0, 0, isPart, ...this.call.limits, this.engine.threads, !!this.options.rgba];
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
  private async start(header: FileInfo): Promise<void> {
    const { scales = [1 / 8, 1 / 4, 1 / 2, 1], onHeader } = this.options;
    if (onHeader) await this.tell(() => onHeader(header));
    let told: unknown = scales;
    if (typeof scales === "function") await this.tell(() => (told = scales(header)));
    this.paints = paintsOf(header, reductionsOf(told));
  }

  /** Paints until the last scale is done. */
  async paintAll(onLevel: (picture: Picture, level: Level) => unknown): Promise<Picture> {
    const { scales } = this.options;
    if (scales !== undefined && typeof scales !== "function") reductionsOf(scales); // what is wrong with them is said before any byte is there
    for (let painted = -1, isStarted = false; ;) {
      this.call.signal.throwIfAborted();
      const bytes = this.intake.length;
      const stopped = this.over;
      const header = await this.findHeader();
      if (header && !isStarted) await this.start(header);
      isStarted = !!header;
      const last = this.paints.length - 1;
      const next = header ? this.best : -1;
      if (next > painted) {
        const picture = await this.pictureOf(await this.decode(this.paints[next]!));
        painted = next;
        await this.tell(() => onLevel(picture, { scale: 2 ** -this.paints[next]!.reduction, bytes, done: next === last }));
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
  const progress = new Progress(engine, intake, pictureOf, options, call);
  void progress.end(filled);
  return progress.paintAll(onLevel);
}
