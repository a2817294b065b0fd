import type { VaeransError } from "./errors.js";
import { workerSlot } from "./slot.js";
import type { Slot } from "./slot.js";
import { abortable } from "./source.js";

/** A call that waits or runs. @internal */
export interface Job {
  op: string;
  args: unknown[];
  resolve(value: any): void;
  reject(error: unknown): void;
}

/** An aborted job that still holds its worker after so many milliseconds takes the worker with it. */
const PATIENCE = 250;

/** Calls in order of arrival, spread over slots that are started when they are first wanted. @internal */
export abstract class Pool {
  slots: Slot[] = [];
  private queue: Job[] = [];
  private readonly starting = new Set<Promise<void>>();
  private hired: Slot[] = [];
  closed?: VaeransError;

  /** One more slot. */
  protected abstract start(): Promise<Slot>;

  /** How many slots may share the work; known once one has started. */
  get maxSlots(): number {
    return this.slots[0]?.maxSlots ?? 1;
  }

  /** Whether it has a slot, or starts one. */
  get lives(): boolean {
    return this.slots.length + this.starting.size > 0;
  }

  /** A slot for a worker that has still to answer: `close` ends it too. */
  protected readonly hire: typeof workerSlot = (...args) => {
    const slot = workerSlot(...args);
    this.hired = [...this.hired.filter(({ dead }) => !dead), slot];
    if (this.closed) slot.kill(this.closed);
    return slot;
  };

  /** Ends with the answer, with its error, or as soon as `signal` is aborted. Buffers in `args` are handed over to a worker. */
  async run(op: string, args: unknown[], signal: AbortSignal): Promise<any> {
    signal.throwIfAborted();
    if (this.closed) throw this.closed;
    let job: Job;
    const answer = new Promise<unknown>((resolve, reject) => {
      job = { op, args, resolve, reject };
      this.queue.push(job);
      this.pump();
    });
    try {
      return await abortable(answer, signal);
    } finally {
      if (signal.aborted) this.drop(job!);
    }
  }

  /** One slot at least has started. */
  async ready(): Promise<Slot> {
    for (;;) {
      if (this.closed) throw this.closed;
      const slot = this.slots.find((slot) => !slot.dead);
      if (slot) return slot;
      await ([...this.starting][0] ?? this.grow());
    }
  }

  /** Every call rejects with `error`, every slot ends. */
  close(error: VaeransError): void {
    this.closed = error;
    this.rejectAll(error);
    for (const slot of [...this.hired, ...this.slots]) slot.kill(error);
  }

  private rejectAll(error: unknown): void {
    for (const job of this.queue.splice(0)) job.reject(error);
  }

  private pump(): void {
    this.slots = this.slots.filter((slot) => !slot.dead);
    for (let idle; this.queue.length && (idle = this.slots.find((slot) => !slot.job));) this.work(idle, this.queue.shift()!);
    const room = this.maxSlots - this.slots.length;
    // Once one has started, the others that were asked for follow; none is started for nobody.
    const wanted = this.slots.length ? room : Math.min(room, this.queue.length);
    while (!this.closed && this.starting.size < wanted) this.grow().catch(() => {});
  }

  /** Starts a slot. If none is left after a failure, nobody can answer the queue. */
  private grow(): Promise<void> {
    const start = this.start()
      .then((slot) => {
        this.slots.push(slot);
        if (this.closed) slot.kill(this.closed);
      })
      .catch((error) => {
        if (!this.slots.length) this.rejectAll(error);
        for (const slot of this.slots) slot.maxSlots = this.slots.length; // these must do
        throw error;
      })
      .finally(() => {
        this.starting.delete(start);
        this.pump();
      });
    this.starting.add(start);
    return start;
  }

  private work(slot: Slot, job: Job): void {
    slot.job = job;
    slot
      .call(job.op, job.args)
      .then(job.resolve, job.reject)
      .finally(() => {
        slot.job = undefined;
        this.pump();
      });
  }

  private drop(job: Job): void {
    this.queue = this.queue.filter((other) => other !== job);
    const slot = this.slots.find((slot) => slot.job === job);
    if (slot?.worker) setTimeout(() => slot.job === job && slot.kill(), PATIENCE);
  }
}
