import { VaeransError, fail } from "./errors.js";
import type { Booted } from "./glue.js";
import { noWorkers, workerFailure } from "./host.js";
import type { Kind, Variant } from "./host.js";
import { loadModule, plainVariant } from "./loader.js";
import { Pool } from "./pool.js";
import type { Slot } from "./slot.js";
import type { EngineInfo, InitOptions, WasmSource } from "./types.js";

/** @internal */
export type Engines = Partial<Record<Kind["name"], Engine>>;

/** One wasm module: loaded once, in as many instances as the options and the page allow. @internal */
export class Engine extends Pool {
  readonly info: EngineInfo;
  /** Why not; "" where nothing speaks against it. */
  private noWorker: string;
  private noSharing = "";
  readonly wantedThreads: number;
  private readonly plain = plainVariant();
  protected modules: Partial<Record<Variant, Promise<WebAssembly.Module>>> = {};

  constructor(
    readonly kind: Kind,
    /** `engines`: those of the page, by the names of their modules; what ends one ends all. */
    readonly options: InitOptions & { engines?: Engines },
    private readonly given: WasmSource | undefined,
  ) {
    super();
    const { threads = 1 } = options;
    this.wantedThreads = threads === "auto" ? Math.min(8, globalThis.navigator?.hardwareConcurrency || 1) : threads;
    this.noWorker = options.worker === false ? "worker: false" : noWorkers(this.wantedThreads);
    this.info = { variant: this.plain, threads: 1, sharedMemory: false, worker: !this.noWorker, reason: "not loaded yet" };
  }

  /** Threads that a call into the instance may use by itself. */
  get threads(): number {
    return this.info.sharedMemory ? this.wantedThreads : 1;
  }

  protected module(variant: Variant): Promise<WebAssembly.Module> {
    return (this.modules[variant] ??= loadModule(this.kind, variant, this.given).catch((error) => {
      delete this.modules[variant];
      throw error;
    }));
  }

  /** The best slot that the page allows: one over shared memory, a worker, the calling thread. */
  protected async start(): Promise<Slot> {
    if (this.wantedThreads > 1 && !this.noWorker && !this.noSharing) {
      try {
        const [slot, booted] = await (await import("./threads.js")).startShared(this.hire, this.kind, this.wantedThreads, () => this.module("threads"));
        return this.noteStart(slot, booted);
      } catch (error) {
        this.noSharing = (error as Error).message;
      }
    }
    if (!this.noWorker) {
      try {
        return await this.startWorker();
      } catch (error) {
        if (this.closed || (error instanceof VaeransError && error.code !== "unavailable.worker")) throw error;
        this.noWorker = await workerFailure(error);
      }
    }
    const module = this.module(this.plain); // first: it takes longer than the script
    const local = this.kind.local().catch((error) => fail("unavailable.worker", `${this.noWorker}; ${error}; in a service worker import vaerans/sw`, error));
    const [{ startLocal }, compiled] = await Promise.all([local, module]);
    const slot = startLocal();
    return this.noteStart(slot, await slot.call("boot", [{ module: compiled }]));
  }

  /** A worker with memory of its own; as many as threads were asked for may work side by side. */
  private async startWorker(): Promise<Slot> {
    const module = this.module(this.plain); // first: it takes longer than the worker
    module.catch(() => {});
    const slot = this.hire(await this.kind.spawn(false), this.wantedThreads);
    try {
      return this.noteStart(slot, await slot.call("boot", [{ module: await module }]));
    } catch (error) {
      slot.kill();
      throw error;
    }
  }

  private noteStart(slot: Slot, { variant, memory }: Booted): Slot {
    const threads = slot.maxSlots > 1 || memory ? this.wantedThreads : 1;
    const where = slot.worker ? "in a worker" : `on the calling thread: ${this.noWorker}`;
    const how = memory ? "over shared memory" : this.noSharing && `in instances of their own: ${this.noSharing}`;
    const reason = where + (threads > 1 ? `; ${threads} threads ${how}` : "; one thread");
    Object.assign(this.info, { variant: ["base", "simd", "threads"][variant], threads, sharedMemory: !!memory, worker: slot.worker, reason });
    return slot;
  }
}
