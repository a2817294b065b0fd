import make from "glue:pipe-simd";
import { VaeransError, parseError, fail } from "./errors.js";
import { loadModule, plainVariant } from "./loader.js";
import type { CoreWorld, PipeGlue } from "./pipe-glue.js";
import { pipeKind } from "./pipe-host.js";
import type { WasmSource } from "./types.js";

let own: Promise<WebAssembly.Module> | undefined;

/** The compiled module: fetched once, whatever the number of worlds. */
function compiled(given?: WasmSource): Promise<WebAssembly.Module> {
  if (given) return loadModule(pipeKind, plainVariant(), given);
  return (own ??= loadModule(pipeKind, plainVariant()).catch((error) => {
    own = undefined;
    throw error;
  }));
}

/** A wasm instance with one world in it, whose memory goes when nobody names it any more. @internal */
export class Core {
  private world: CoreWorld | undefined;
  private ended = new VaeransError("pipe.unknown_entity", "the world was disposed of, its entities with it: make another one");

  private constructor(
    private readonly glue: PipeGlue,
    private readonly memory: WebAssembly.Memory,
  ) {}

  static async create(wasm?: WasmSource): Promise<Core> {
    const module = await compiled(wasm);
    const glue = (make as unknown as () => PipeGlue)();
    try {
      return new Core(glue, glue.initSync({ module }).memory);
    } catch (error) {
      return fail(
        error instanceof RangeError ? "limit.memory" : "unavailable.wasm",
        `the wasm module cannot be started: ${error}; a Content-Security-Policy needs 'wasm-unsafe-eval'`,
        error,
      );
    }
  }

  /** What systems the module has. */
  registry(): ReturnType<PipeGlue["registry"]> {
    return this.guarded(() => this.glue.registry());
  }

  start(arenaBytes: number, trace: boolean, seed: number): void {
    this.world = this.guarded(() => new this.glue.World(arenaBytes, trace, seed));
  }

  get wasmBytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Calls into wasm: text that it throws is a coded error; after a trap its memory cannot be trusted. */
  call<T>(work: (world: CoreWorld, glue: PipeGlue) => T): T {
    const { world } = this;
    if (!world) throw this.ended;
    return this.guarded(() => work(world, this.glue));
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (typeof error === "string") throw parseError(error);
      if (error instanceof VaeransError) throw error;
      if (error instanceof TypeError) fail("param.type", `an argument is not of the type that its declaration says: ${error.message}`, error);
      const code = error instanceof RangeError || this.glue.refused() ? "limit.memory" : "internal.bug";
      this.ended = new VaeransError(code, `the wasm instance failed: ${error}; make another world`, error);
      this.world = undefined;
      throw this.ended;
    }
  }

  /** Whether calls will be answered. */
  get lives(): boolean {
    return !!this.world;
  }

  end(): void {
    this.world = undefined;
    // The glue keeps the memory alive through its views; nothing here names either of them any longer.
    Object.assign(this, { glue: undefined, memory: { buffer: new ArrayBuffer(0) } });
  }
}
