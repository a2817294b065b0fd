import make from "glue:encoder-simd";
import { Instance } from "./instance.js";
import { localSlot } from "./local-slot.js";
import { ops } from "./ops-encode.js";
import type { Slot, take } from "./slot.js";

/** An instance for the calling thread. @internal */
export const open = (note: typeof take): Slot => localSlot(new Instance(make, ops), note);
