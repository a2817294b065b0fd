import make from "glue:encoder-simd";
import { Instance } from "./instance.js";
import { localSlot } from "./local-slot.js";
import { encoderOps } from "./ops-encode.js";
import type { Slot } from "./slot.js";

/** An instance for the calling thread. @internal */
export const startLocal = (): Slot => localSlot(new Instance(make, encoderOps));
