import type { Boot, Booted, Glue, Ops } from "./glue.js";

/** An instance's answer: value, error as "code\nmessage", whether the instance is spoilt, bytes of wasm memory and arena. @internal */
export type Answer = [value: unknown, error?: string, spoilt?: boolean, wasm?: number, arena?: number];

/** A wasm instance that answers jobs one after another; it runs in a worker or on the calling thread. @internal */
export class Instance {
  private readonly glue: Glue;
  private memory?: WebAssembly.Memory;

  constructor(make: () => Glue, private readonly ops: Ops) {
    this.glue = make();
  }

  /** Never throws: what goes wrong is in the answer. */
  answer(op: string, args: any[]): Answer {
    try {
      const value = op === "boot" ? this.boot(args[0] as Boot) : this.ops[op]!(this.glue, ...args);
      return [value, undefined, false, this.memory!.buffer.byteLength, this.glue.arena_bytes?.() ?? 0];
    } catch (error) {
      return [undefined, ...describe(error)];
    }
  }

  private boot({ module, threads, memory }: Boot): Booted {
    this.memory = this.glue.initSync(memory ? { module, memory } : { module }).memory ?? memory;
    const helpers = threads ? this.glue.pool_prepare(threads) : 0;
    return { variant: this.glue.variant(), helpers, ...(helpers ? { memory: this.memory! } : {}) };
  }

  /** As thread `index` of a pool: returns when the pool is stopped. */
  help(index: number): void {
    this.glue.pool_run(index);
  }
}

/** Strings are the codec's own errors; anything else is a trap, after which the memory cannot be trusted. */
function describe(error: unknown): [string, boolean] {
  if (typeof error === "string") return [error, false];
  const code = error instanceof RangeError ? "limit.memory" : error instanceof WebAssembly.RuntimeError ? "internal.bug" : "unavailable.wasm";
  return [`${code}\nthe wasm instance failed: ${error}; it is replaced at the next call`, true];
}
