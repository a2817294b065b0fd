import type { Instance } from "./instance.js";
import type { Slot, take } from "./slot.js";

/** An instance on the calling thread. `note` is `take`, of which there is one copy. @internal */
export function localSlot(instance: Instance, note: typeof take): Slot {
  const slot: Slot = {
    worker: false,
    width: 1,
    wasm: 0,
    arena: 0,
    call: async (op, args) => note(slot, instance.answer(op, args)),
    kill: () => void (slot.dead = true),
  };
  return slot;
}
