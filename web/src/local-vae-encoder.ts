import make from "glue:vaeencoder-simd";
import { Instance } from "./instance.js";
import { localSlot } from "./local-slot.js";
import { vaeEncoderOps } from "./ops-vae.js";
import type { Slot } from "./slot.js";

/** An instance for the calling thread. @internal */
export const startLocal = (): Slot => localSlot(new Instance(make, vaeEncoderOps()));
