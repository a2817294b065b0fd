import { buffers } from "./buffers.js";
import { VaeransError, coded } from "./errors.js";
import type { Answer, Instance } from "./instance.js";
import type { Job } from "./pool.js";

/** An instance as the pool sees it: at most one call at a time. @internal */
export interface Slot {
  /** Set once it can take no more calls. */
  dead?: boolean;
  /** Whether it is a worker, and how many slots of its sort may share the work. */
  worker: boolean;
  width: number;
  job?: Job | undefined;
  wasm: number;
  arena: number;
  call(op: string, args: unknown[]): Promise<any>;
  kill(error?: VaeransError): void;
}

/** Notes what an answer says of memory and health; gives its value or throws its error. */
function take(slot: Slot, [value, error, spoilt, wasm = slot.wasm, arena = slot.arena]: Answer): unknown {
  Object.assign(slot, { wasm, arena });
  if (spoilt) slot.kill();
  if (error) throw coded(error);
  return value;
}

/** An instance on the calling thread. @internal */
export function localSlot(instance: Instance): Slot {
  const slot: Slot = {
    worker: false,
    width: 1,
    wasm: 0,
    arena: 0,
    call: async (op, args) => take(slot, instance.answer(op, args)),
    kill: () => void (slot.dead = true),
  };
  return slot;
}

/** An instance in `worker`. `helpers`, its pool threads, end with it. @internal */
export function workerSlot(worker: Worker, width = 1, helpers: Slot[] = []): Slot {
  let error: VaeransError | undefined;
  let settle: { resolve(value: unknown): void; reject(error: unknown): void } | undefined;
  const slot: Slot = {
    worker: true,
    width,
    wasm: 0,
    arena: 0,
    call: (op, args) =>
      new Promise((resolve, reject) => {
        if (error) throw error;
        settle = { resolve, reject };
        worker.postMessage([op, args], buffers(args));
      }),
    kill(why = new VaeransError("unavailable.worker", "the worker was ended")) {
      if (error) return;
      error = why;
      slot.dead = true;
      worker.terminate();
      for (const helper of helpers) helper.kill(why);
      settle?.reject(why);
    },
  };
  worker.onmessage = ({ data }) => {
    const waiting = settle!;
    settle = undefined;
    try {
      waiting.resolve(take(slot, data));
    } catch (e) {
      waiting.reject(e);
    }
  };
  worker.onerror = (event) => {
    event.preventDefault?.();
    slot.kill(new VaeransError("unavailable.worker", `the worker failed: ${event.message || "its file cannot be loaded"}`));
  };
  return slot;
}
