import make from "glue:vae-simd";
import { Instance } from "./instance.js";
import { localSlot } from "./local-slot.js";
import { vaeOps } from "./ops-vae.js";
import type { Slot } from "./slot.js";

/** An instance for the calling thread. @internal */
export const startLocal = (): Slot => localSlot(new Instance(make, vaeOps()));
