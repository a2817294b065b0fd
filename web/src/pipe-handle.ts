import { fail } from "./errors.js";
import type { Core } from "./pipe-core.js";
import type { Own } from "./platform.js";
import { samplesOf } from "./samples.js";
import type { Samples } from "./types.js";

/** A result: one version of one component of one entity. */
export class Handle {
  private copy: Samples | undefined;

  /** @internal */
  constructor(
    private readonly core: Core,
    readonly eid: number,
    readonly key: string,
    /** The step that made it; -1 names the newest version. */
    readonly step: number,
  ) {}

  private describe(): [kind: string, dtype: string, shape: number[]] {
    return this.core.call((world) => world.component(this.eid, this.key, this.step));
  }

  /** What the tensor means: `Image`, `Planes`, `Latent`, `Yuvw`, `Wavelet`, `Symbols`, `Bitstream`, `Residual`, `Scalar` or `Foreign`. */
  get kind(): string {
    return this.describe()[0];
  }

  /** Element type, as NumPy calls it. */
  get dtype(): string {
    return this.describe()[1];
  }

  get shape(): number[] {
    return this.describe()[2];
  }

  /** The elements, copied out of wasm memory when they are first asked for; the array is yours. */
  get data(): Samples {
    return (this.copy ??= this.core.call((world) => samplesOf(this.describe()[1], world.read(this.eid, this.key, this.step))));
  }

  /** The value of a metric. */
  item(): number {
    return Number(this.data[0]);
  }

  /**
   * A whole .vrn file for a coded stream, whatever its key: the bytes that `save` writes in Python; the raw elements, little-endian, for anything else.
   *
   * @param more further streams of the same entity that the file shall hold, for example a coded residual
   * @throws {VaeransError} `pipe.not_saveable`
   */
  bytes(...more: Handle[]): Own<Uint8Array> {
    if (!more.length && this.kind !== "Bitstream") return this.core.call((world) => world.read(this.eid, this.key, this.step));
    const all: Handle[] = [this, ...more];
    if (!all.every((one) => one instanceof Handle && one.core === this.core && one.eid === this.eid)) fail("param.type", "expected handles of the same entity");
    const keys = all.map(({ key }) => key);
    return this.core.call((world) =>
      world.file(
        this.eid,
        keys,
        Float64Array.from(all, ({ step }) => step),
      ),
    );
  }
}
