import { integer } from "./arguments.js";
import { fail } from "./errors.js";
import { fileBytes, bytesAndDtype, entityArgument, textArgument } from "./pipe-arguments.js";
import { Core } from "./pipe-core.js";
import { Handle } from "./pipe-handle.js";
import { Owners, Pipe } from "./pipe-steps.js";
import type { GivenSamples, Limits, PixelSource, WasmSource } from "./types.js";

export interface WorldOptions {
  /** Budget of the arena that all tensors of the world lie in; default 64 MiB. It is taken at once. */
  arenaBytes?: number | undefined;
  /** Whether steps leave rows in the trace, of which the newest 1024 at least are kept; default true. */
  trace?: boolean | undefined;
  /** Kept in the trace; default 0. */
  seed?: number | undefined;
  /** In place of the package's own pipe-*.wasm: a URL, bytes or a compiled module. */
  wasm?: WasmSource | undefined;
}

/** Sizes are in bytes. */
export interface WorldStats {
  entities: number;
  /** Buffers taken over without a copy: none in a page. */
  leases: number;
  /** Pictures copied on their way in, and their bytes. */
  copies: number;
  copiedBytes: number;
  arena: { capacity: number; used: number; peak: number; allocations: number; views: number; resets: number };
  /** Memory of the world's wasm instance, the arena included. */
  wasmBytes: number;
}

/** A step that ran on entities of one shape. */
export interface TraceRow {
  step: number;
  system: string;
  params: string;
  entities: number;
  inputShape: number[];
  inputDtype: string;
  outputShape: number[];
  outputDtype: string;
  bytes: number;
  /** Zero-order entropy in bits per element; null where the result holds no small integers. */
  entropyBits: number | null;
  nanos: number;
  isa: string;
  seed: number;
}

const ROW = [
  "step",
  "system",
  "params",
  "entities",
  "inputShape",
  "inputDtype",
  "outputShape",
  "outputDtype",
  "bytes",
  "entropyBits",
  "nanos",
  "isa",
  "seed",
] as const satisfies (keyof TraceRow)[];

/**
 * Entities with their components, and pipes over them: Python's `World`, without networks.
 *
 * The first `create` fetches one wasm file, that of the pipes. Each world is an instance with memory of its own and runs on
 * the thread that calls it: for large pictures, make it in a Web Worker. No array that it hands out lies in wasm memory.
 *
 * @example
 * const w = await World.create();
 * const eid = w.newEntity();
 * w.put(eid, "Latent4", latent, [4, 64, 96]);
 * const file = w.pipe(eid).to(new Hadamard4()).to(new WaveletCDF53({ levels: 3 }))
 *   .to(new QuantizeU8({ perBand: true })).to(new ANSEncode()).out("Bitstream").bytes();
 */
export class World {
  private readonly owners = new Owners();

  private constructor(private readonly core: Core) {}

  /**
   * A new world.
   *
   * @throws {VaeransError} `unavailable.wasm`, `param.*`, `limit.memory`
   */
  static async create(options: WorldOptions = {}): Promise<World> {
    if (Object(options) !== options) fail("param.type", "options: expected an object");
    const { arenaBytes = 64 << 20, trace = true, seed = 0, wasm } = options;
    if (typeof trace !== "boolean") fail("param.type", `trace: expected a boolean, got a ${typeof trace}`);
    integer("arenaBytes", arenaBytes, 1, 2 ** 31);
    integer("seed", seed, 0, Number.MAX_SAFE_INTEGER);
    const core = await Core.create(wasm);
    core.start(arenaBytes, trace, seed);
    return new World(core);
  }

  /** Instruction set of the kernels: `simd128`, or `scalar` where the engine has no SIMD. */
  get isa(): string {
    return this.core.call((world) => world.isa());
  }

  /** An entity without components. */
  newEntity(): number {
    return this.core.call((world) => world.new_entity());
  }

  /**
   * An entity whose RGB is a copy of these samples, interleaved, of 1 to 4 channels; ImageData will do.
   *
   * @throws {VaeransError} `param.shape`, `param.dtype`, `param.type`, `data.empty`, `limit.arena`
   */
  spawnImage(image: PixelSource): number {
    const { data, width, height, channels } = (image ?? {}) as PixelSource;
    const [bytes, dtype] = bytesAndDtype(data);
    const side = (name: string, n: number): number => integer(name, n, 0, 2 ** 31 - 1, "param.shape");
    const sides = [side("height", height), side("width", width)] as const;
    const depth = side("channels", channels ?? data.length / (sides[0] * sides[1]));
    return this.core.call((world) => world.spawn_image(bytes, dtype, ...sides, depth));
  }

  /**
   * An entity that holds the streams of a .vrn file, ready for a decoding pipe.
   *
   * @throws {VaeransError} `stream.*`, `limit.*`, `param.type`
   */
  spawnBitstream(file: Uint8Array | ArrayBuffer, { maxBytes, maxPixels, maxElements }: Limits = {}): number {
    const bytes = fileBytes(file);
    return this.core.call((world) => world.spawn_bitstream(bytes, maxBytes, maxPixels, maxElements));
  }

  /**
   * Puts a copy of a tensor under `key`, as a new version. What it means follows from the key, or from `kind` (`Latent`, ...).
   *
   * @throws {VaeransError} `pipe.unknown_entity`, `param.*`, `limit.arena`
   */
  put(eid: number, key: string, data: GivenSamples, shape: readonly number[], kind?: string): void {
    const [bytes, dtype] = bytesAndDtype(data);
    if (!Array.isArray(shape) && !ArrayBuffer.isView(shape)) fail("param.shape", `shape: expected a list of lengths, got a ${typeof shape}`);
    if (kind !== undefined) textArgument("kind", kind);
    textArgument("key", key);
    const axes = Uint32Array.from(shape, (n) => integer("shape", n, 0, 2 ** 31 - 1, "param.shape"));
    this.core.call((world) => world.put(entityArgument(eid), key, bytes, dtype, axes, kind));
  }

  /** The newest component under `key`, or the version that `step` made. */
  component(eid: number, key: string, step = -1): Handle {
    textArgument("key", key);
    integer("step", step, -1, Number.MAX_SAFE_INTEGER);
    this.core.call((world) => world.component(entityArgument(eid), key, step));
    return new Handle(this.core, eid, key, step);
  }

  /** Keys of an entity's components with the steps that made them, oldest first. */
  versions(eid: number): [key: string, step: number][] {
    return this.core.call((world) => world.versions(entityArgument(eid)));
  }

  /** Removes an entity; its memory comes back at once. */
  despawn(eid: number): void {
    this.core.call((world) => world.despawn(entityArgument(eid)));
    this.owners.gone(eid);
  }

  /** Removes all entities. */
  reset(): void {
    this.core.call((world) => world.reset());
    this.owners.freeAll();
  }

  /** Ids of all entities. */
  get entities(): number[] {
    return [...this.core.call((world) => world.entities())];
  }

  /** A pipe over one entity, whose results are handles, or over a list, whose results are lists. */
  pipe(eid: number): Pipe<Handle>;
  pipe(eids: readonly number[]): Pipe<Handle[]>;
  pipe(first: number, ...more: number[]): Pipe<Handle[]>;
  pipe(...given: (number | readonly number[])[]): Pipe<any> {
    return new Pipe(this.core, this.owners, given.flat().map(entityArgument), given.length > 1 || typeof given[0] !== "number");
  }

  /** One row for each step and group of entities of one shape, oldest first. */
  trace(): TraceRow[] {
    const rows = this.core.call((world) => world.trace());
    return rows.map((row) => Object.fromEntries(ROW.map((name, i) => [name, row[i]])) as unknown as TraceRow);
  }

  /** Forgets the trace. */
  clearTrace(): void {
    this.core.call((world) => world.clear_trace());
  }

  stats(): WorldStats {
    const counts = this.core.call((world) => world.stats());
    const [entities, leases, copies, copiedBytes, capacity, used, peak, allocations, views, resets] = counts as unknown as number[] & { length: 10 };
    const arena = { capacity, used, peak, allocations, views, resets };
    return { entities, leases, copies, copiedBytes, arena, wasmBytes: this.core.wasmBytes } as WorldStats;
  }

  /** Ends the world: its memory goes with it. Later calls throw `pipe.unknown_entity`; data copied out stays. */
  dispose(): void {
    this.core.end();
    this.owners.freeAll(); // a pipe that somebody keeps would keep the memory
  }
}
