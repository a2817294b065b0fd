import { Engine } from "./engine.js";
import { VaeransError, parseError } from "./errors.js";
import { networkKind } from "./nn-host.js";
import type { Variant } from "./host.js";
import type { Described } from "./nn-glue.js";
import type { Tried } from "./nn-ops.js";
import type { Files } from "./nn-source.js";
import type { EngineOptions } from "./nn-types.js";
import type { Slot } from "./slot.js";

/** Bytes of a module that a browser without relaxed SIMD refuses: a function that gives i32x4.relaxed_trunc_f32x4_s of zeros. */
const RELAXED = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 11, 1, 9, 0, 65, 0, 253, 15, 253, 129, 2, 11];

/** Modules that are compiled, by variant: models share them. @internal */
export type Modules = Partial<Record<Variant, Promise<WebAssembly.Module>>>;

/** How a model is run. @internal */
export interface Run {
  options: EngineOptions;
  modules: Modules;
  isFast: boolean;
  maxBytes: number;
}

function valueOf(tried: Tried): any {
  if ("error" in tried) throw parseError(tried.error);
  return tried.value;
}

/** One model in one instance: loaded when it is first wanted, and again after a run that took its instance with it. @internal */
export class Runner extends Engine {
  described!: Described;
  /** Bytes of stack, parameters, activations, inputs and outputs. */
  memory = [0, 0, 0, 0];
  /** What is being loaded, or was. */
  private loading?: Files;
  /** The engine that came with the model. */
  private inside: WebAssembly.Module | undefined;

  constructor(
    private readonly how: Run,
    private readonly files: (isFresh: boolean) => Files,
  ) {
    super(networkKind, how.options, how.options.wasm);
    this.modules = how.modules;
  }

  protected override async module(variant: Variant): Promise<WebAssembly.Module> {
    const { isFast, options } = this.how;
    const isThreads = variant === "threads";
    if (isThreads && options.simd === false) throw new Error("simd: false");
    if (!isThreads && this.inside) return this.inside;
    if (variant === "simd" && !options.wasm) {
      if (options.simd === false) variant = "base";
      else if (isFast && WebAssembly.validate(new Uint8Array(RELAXED))) variant = "relaxed";
    }
    return super.module(variant);
  }

  protected override async start(isFresh = false): Promise<Slot> {
    const { isFast, maxBytes, options } = this.how;
    const files = (this.loading = this.files(isFresh));
    let slot: Slot | undefined;
    let isKept = false;
    try {
      this.inside = await files.wasm?.then((bytes) => WebAssembly.compile(bytes as BufferSource)).catch(() => undefined);
      slot = await this.boot();
      const open = async (): Promise<Tried> => slot!.call("open", [(await files.plan).slice()]);
      let tried = await open();
      // The modules with SIMD for one thread have the operators that many networks have.
      if ("error" in tried && tried.error.startsWith("model.op") && /d$/.test(this.info.variant) && !options.wasm) {
        await slot.call("extend", [await super.module("extra")]);
        tried = await open();
      }
      this.described = valueOf(tried);
      let weights;
      [weights, isKept] = await files.weights(this.described);
      this.memory = valueOf(await slot.call("load", [weights, isFast, this.threads, maxBytes]));
      files.done();
      return slot;
    } catch (error) {
      files.stop();
      slot?.kill();
      if (isKept && (error as VaeransError).code === "model.weights") return this.start(true); // what was kept is damaged
      throw error;
    }
  }

  /** An instance of the engine that came with the model, else of ours. */
  private async boot(): Promise<Slot> {
    const slot = await super.start().catch((error) => {
      if (!this.inside) throw error;
      this.inside = undefined;
      return super.start();
    });
    const { info } = this;
    slot.maxSlots = 1;
    (info as { variant: string }).variant ??= "relaxed";
    if (!info.sharedMemory) {
      info.threads = 1;
      info.reason = info.reason.replace(/; \d+ threads [^:]*/, "; one thread");
    }
    return slot;
  }

  override async run(op: string, args: unknown[], signal: AbortSignal): Promise<any> {
    const value = valueOf(await super.run(op, args, signal));
    this.memory = value.memory;
    return value;
  }

  /** Everything that it holds is let go. */
  end(): void {
    this.loading?.stop();
    this.close(new VaeransError("unavailable.worker", "dispose()"));
    this.slots = [];
  }
}
