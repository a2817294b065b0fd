import type { Tools } from "./api.js";
import type { Engine } from "./engine.js";
import type { VaeransError } from "./errors.js";
import type { Intake, Run } from "./source.js";
import type { Picture } from "./picture.js";
import type { FileInfo, Level, ProgressiveOptions } from "./types.js";

/** Bytes after which the levels for 1/2^reduce are whole; Infinity for a scale coarser than the file's coarsest level. */
function needed({ headerBytes, levelBytes }: FileInfo, reduce: number): number {
  const count = levelBytes.length - reduce;
  return count < 1 ? Infinity : levelBytes.slice(0, count).reduce((sum, bytes) => sum + bytes, headerBytes);
}

/** One progressive decode: a reader that collects bytes, and a painter that always takes the best level they allow. */
class Progress {
  over = false;
  failure: unknown;
  private header?: FileInfo;
  private wake = (): void => {};

  constructor(
    private readonly tools: Tools,
    private readonly engine: Engine,
    private readonly intake: Intake,
    private readonly reduces: number[],
    private readonly call: Run,
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
  arrival(seen: number): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (this.over || this.intake.length > seen) resolve();
    });
  }

  /** The header, once its bytes are there. */
  async look(): Promise<FileInfo | undefined> {
    try {
      const args = [this.intake.all(), this.call.maxBytes];
      return (this.header ??= this.tools.fileInfo(await this.engine.run("info", args, this.call.signal)));
    } catch (error) {
      if ((error as VaeransError).code === "stream.truncated" && !this.over) return undefined;
      throw this.failure ?? error;
    }
  }

  /** The index of the finest scale that the bytes so far allow; -1: none yet. The full size waits for the whole file. */
  best(header: FileInfo): number {
    const last = this.reduces.length - 1;
    const whole = this.over && !this.failure;
    if (whole) return last;
    const reached = this.reduces.map((reduce) => reduce > 0 && header.kind === "picture" && needed(header, reduce) <= this.intake.length);
    return reached.lastIndexOf(true);
  }

  async paint(index: number): Promise<Picture> {
    const reduce = this.reduces[index]!;
    const need = reduce > 0 ? needed(this.header!, reduce) : Infinity;
    const partial = need <= this.intake.length;
    const bytes = this.intake.all().slice(0, partial ? need : undefined);
    const args = [bytes, reduce, 0, 0, 0, 0, partial, this.call.maxBytes, this.engine.threads];
    return new this.tools.Picture(await this.tools.decoded(this.engine, args, this.call.signal));
  }

  /** Paints until the last scale is done. */
  async run(onLevel: (picture: Picture, level: Level) => unknown): Promise<Picture> {
    const last = this.reduces.length - 1;
    const { signal, stop } = this.call;
    for (let painted = -1; ;) {
      signal.throwIfAborted();
      const bytes = this.intake.length;
      const stopped = this.over;
      const header = bytes || stopped ? await this.look() : undefined;
      const next = header ? this.best(header) : -1;
      if (next > painted) {
        const picture = await this.paint(next);
        painted = next;
        try {
          await onLevel(picture, { scale: 2 ** -this.reduces[next]!, bytes, done: next === last });
        } catch (error) {
          stop.abort(error); // the caller's own: it comes out as it is
        }
        signal.throwIfAborted();
        if (next === last) return picture;
      } else if (stopped) {
        throw this.failure;
      } else {
        await this.arrival(bytes);
      }
    }
  }
}

/** See `decodeProgressive` in api.ts. `filled`: the end of the bytes. @internal */
export async function progressive(
  tools: Tools,
  engine: Engine,
  intake: Intake,
  filled: Promise<void>,
  onLevel: (picture: Picture, level: Level) => unknown,
  { scales = [1 / 8, 1 / 4, 1 / 2, 1] }: ProgressiveOptions,
  run: Run,
): Promise<Picture> {
  if (typeof onLevel !== "function") tools.fail("param.type", "onLevel: expected a function");
  if (!Array.isArray(scales) || !scales.length) tools.fail("param.range", "scales: expected a list of one at least");
  const reduces = scales.map(tools.reduction).sort((a, b) => b - a);
  const progress = new Progress(tools, engine, intake, reduces, run);
  void progress.end(filled);
  return progress.run(onLevel);
}
