import type { Instance } from "./instance.js";
import { settleAnswer } from "./slot.js";
import type { Slot } from "./slot.js";

/** An instance on the calling thread. @internal */
export function localSlot(instance: Instance): Slot {
  const slot: Slot = {
    worker: false,
    maxSlots: 1,
    wasmBytes: 0,
    arenaBytes: 0,
    call: async (op, args) => settleAnswer(slot, instance.answer(op, args)),
    kill: () => void (slot.dead = true),
  };
  return slot;
}
