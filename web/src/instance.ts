import type { Boot, Booted, Glue, Ops } from "./glue.js";

/** An instance's answer: value, error as "code\nmessage", whether the instance is spoilt, bytes of wasm memory and arena. @internal */
export type Answer = [value: unknown, error?: string, spoilt?: boolean, wasm?: number, arena?: number];

/** Bytes; what a picture of 32 megapixels takes. */
const LARGE = 2 ** 28;

/** A wasm instance that answers jobs one after another; it runs in a worker or on the calling thread. @internal */
export class Instance {
  private readonly glue: Glue;
  private memory?: WebAssembly.Memory;

  constructor(
    make: () => Glue,
    private readonly ops: Ops,
  ) {
    this.glue = make();
  }

  /** Never throws: what goes wrong is in the answer. */
  answer(op: string, args: any[]): Answer {
    const { glue } = this;
    try {
      const value = op === "boot" ? this.boot(args[0] as Boot) : SHARED && op === "help" ? glue.pool_run(args[0]) : this.ops[op]!(glue, ...args);
      return [value, undefined, false, this.size, glue.arena_bytes()];
    } catch (error) {
      return [undefined, ...this.describe(error), this.size];
    }
  }

  private get size(): number {
    return this.memory?.buffer.byteLength ?? 0;
  }

  private boot({ module, threads, memory }: Boot): Booted {
    this.memory = this.glue.initSync(SHARED && memory ? { module, memory } : { module }).memory ?? memory;
    const helpers = SHARED && threads ? this.glue.pool_prepare(threads) : 0;
    return { variant: this.glue.variant(), helpers, ...(SHARED && helpers ? { memory: this.memory! } : {}) };
  }

  /**
   * Strings are the codec's own errors; anything else is a trap, after which the memory cannot be trusted. Memory never shrinks:
   * an instance that a failed job left large is spoilt too.
   */
  private describe(error: unknown): [string, boolean] {
    if (typeof error === "string") return [error, this.size > LARGE];
    const code = !this.memory ? "unavailable.wasm" : "internal.bug";
    const end = this.memory ? "it is replaced at the next call" : "a Content-Security-Policy needs 'wasm-unsafe-eval'";
    const short = error instanceof RangeError || (this.memory && this.glue.refused());
    return [`${short ? "limit.memory\nthere is too little memory" : `${code}\nthe wasm instance failed`}: ${error}; ${end}`, true];
  }
}
