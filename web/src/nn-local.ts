import make from "glue:engine-simd";
import { Instance } from "./instance.js";
import { localSlot } from "./local-slot.js";
import { networkOps } from "./nn-ops.js";
import type { Slot } from "./slot.js";

/** An instance for the calling thread. @internal */
export const startLocal = (): Slot => localSlot(new Instance(make, networkOps()));
