import { VaeransError, parseError } from "./errors.js";
import type { Answer } from "./instance.js";
import type { Job } from "./pool.js";
import { transferables } from "./transferables.js";

/** An instance as the pool sees it: at most one call at a time. @internal */
export interface Slot {
  /** Set once it can take no more calls. */
  dead?: boolean;
  /** Whether it is a worker, and how many slots of its sort may share the work, itself included. */
  worker: boolean;
  maxSlots: number;
  job?: Job | undefined;
  wasmBytes: number;
  arenaBytes: number;
  call(op: string, args: unknown[]): Promise<any>;
  kill(error?: VaeransError): void;
}

/** Notes what an answer says of memory and health; gives its value or throws its error. @internal */
export function settleAnswer(slot: Slot, [value, text, spoilt, wasmBytes = slot.wasmBytes, arenaBytes = slot.arenaBytes]: Answer): unknown {
  Object.assign(slot, { wasmBytes, arenaBytes });
  const error = text === undefined ? text : parseError(text);
  if (spoilt) slot.kill(error);
  if (error) throw error;
  return value;
}

/** An instance in `worker`. `helpers`, its pool threads, end with it. @internal */
export function workerSlot(worker: Worker, maxSlots = 1, helpers: Slot[] = []): Slot {
  let error: VaeransError | undefined;
  let settle: { resolve(value: unknown): void; reject(error: unknown): void } | undefined;
  const slot: Slot = {
    worker: true,
    maxSlots,
    wasmBytes: 0,
    arenaBytes: 0,
    call: (op, args) =>
      new Promise((resolve, reject) => {
        if (error) throw error;
        settle = { resolve, reject };
        worker.postMessage([op, args], transferables(args));
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
      const value = settleAnswer(slot, data);
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
