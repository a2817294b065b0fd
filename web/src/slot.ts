import { buffers } from "./buffers.js";
import { VaeransError, coded } from "./errors.js";
import type { Answer } from "./instance.js";
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

/** Notes what an answer says of memory and health; gives its value or throws its error. @internal */
export function take(slot: Slot, [value, text, spoilt, wasm = slot.wasm, arena = slot.arena]: Answer): unknown {
  Object.assign(slot, { wasm, arena });
  const error = text === undefined ? text : coded(text);
  if (spoilt) slot.kill(error);
  if (error) throw error;
  return value;
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
    kill(why = new VaeransError("unavailable.worker", "the worker ended")) {
      if (error) return;
      error = why;
      slot.dead = true;
      worker.terminate();
      for (const helper of helpers) helper.kill(why);
      settle?.reject(why);
    },
  };
  worker.onmessage = ({ data }) => {
    const waiting = settle;
    settle = undefined;
    try {
      const value = take(slot, data);
      waiting?.resolve(value);
    } catch (e) {
      waiting?.reject(e);
    }
  };
  worker.onerror = worker.onmessageerror = (event: Partial<ErrorEvent>) => {
    event.preventDefault?.();
    slot.kill(new VaeransError("unavailable.worker", `the worker failed: ${event.message || "cannot load it"}`));
  };
  return slot;
}
