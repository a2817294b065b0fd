import { VaeransError } from "./errors.js";
import type { Booted } from "./glue.js";
import { noWorkers } from "./host.js";
import type { Kind, Variant } from "./host.js";
import { load, plainVariant, unshareable } from "./loader.js";
import { Pool } from "./pool.js";
import { localSlot, workerSlot } from "./slot.js";
import type { Slot } from "./slot.js";
import type { EngineInfo, InitOptions, WasmSource } from "./types.js";

/** One wasm module: loaded once, in as many instances as the options and the page allow. @internal */
export class Engine {
  readonly pool = new Pool(() => this.start());
  readonly info: EngineInfo;
  /** Why not; "" where nothing speaks against it. */
  private noWorker: string;
  private noSharing: string;
  readonly wanted: number;
  private readonly modules: Partial<Record<Variant, Promise<WebAssembly.Module>>> = {};

  constructor(
    readonly kind: Kind,
    options: InitOptions,
    private readonly given: WasmSource | undefined,
  ) {
    const { threads = 1 } = options;
    this.wanted = threads === "auto" ? Math.min(8, navigator.hardwareConcurrency || 1) : threads;
    this.noWorker = options.worker === false ? "init({ worker: false })" : noWorkers();
    if (this.wanted > 1 && typeof Worker !== "undefined" && options.worker !== false) this.noWorker = "";
    this.noSharing = this.wanted > 1 ? unshareable() : "threads were not asked for";
    this.info = { variant: plainVariant(), threads: 1, sharedMemory: false, worker: !this.noWorker, reason: "nothing was loaded yet" };
  }

  /** Threads that a call into the instance may use by itself. */
  get threads(): number {
    return this.info.sharedMemory ? this.wanted : 1;
  }

  private module(variant: Variant): Promise<WebAssembly.Module> {
    return (this.modules[variant] ??= load(this.kind, variant, this.given).catch((error) => {
      delete this.modules[variant];
      throw error;
    }));
  }

  /** The best slot that the page allows: one over shared memory, a worker, the calling thread. */
  private async start(): Promise<Slot> {
    if (!this.noWorker && !this.noSharing) {
      const slot = await this.shared().catch((error) => void (this.noSharing = `${error}`));
      if (slot) return slot;
    }
    if (!this.noWorker) {
      try {
        return await this.own();
      } catch (error) {
        if (error instanceof VaeransError && error.code !== "unavailable.worker") throw error;
        this.noWorker = `${error}`;
      }
    }
    const [{ open }, module] = await Promise.all([this.kind.local(), this.module(plainVariant())]);
    const slot = localSlot(open());
    return this.tell(slot, await slot.call("boot", [{ module }]), 1);
  }

  /** A worker with memory of its own; as many as threads were asked for may work side by side. */
  private async own(): Promise<Slot> {
    const slot = workerSlot(await this.kind.spawn(false), this.wanted);
    try {
      return this.tell(slot, await slot.call("boot", [{ module: await this.module(plainVariant()) }]), this.wanted);
    } catch (error) {
      slot.kill();
      throw error;
    }
  }

  /** A worker and the threads of its pool over one memory. */
  private async shared(): Promise<Slot> {
    const helpers: Slot[] = [];
    const slot = workerSlot(await this.kind.spawn(true), 1, helpers);
    try {
      const module = await this.module("threads");
      const booted: Booted = await slot.call("boot", [{ module, threads: this.wanted }]);
      const { memory, helpers: count } = booted;
      // A thread that fails takes its pool along: the others would wait for it for ever.
      while (helpers.length < count) helpers.push(workerSlot(await this.kind.spawn(true), 1, [slot]));
      await Promise.all(helpers.map((helper, index) => helper.call("boot", [{ module, memory, index }])));
      return this.tell(slot, booted, this.wanted);
    } catch (error) {
      slot.kill();
      throw error;
    }
  }

  private tell(slot: Slot, { variant, memory }: Booted, threads: number): Slot {
    const how = memory ? "with one shared memory" : this.wanted > 1 && slot.worker ? `as instances of their own: ${this.noSharing}` : "";
    const where = slot.worker ? "in a worker" : `on the calling thread: ${this.noWorker}`;
    const why = this.wanted > 1 || slot.worker ? how : "";
    const reason = `${where}; ${threads > 1 ? `${threads} threads, ${why}` : `one thread${slot.worker ? `: ${this.noSharing}` : ""}`}`;
    Object.assign(this.info, { variant, threads, sharedMemory: !!memory, worker: slot.worker, reason });
    return slot;
  }
}
