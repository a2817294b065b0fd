import make from "glue:decoder-simd";
import { Instance } from "./instance.js";
import { localSlot } from "./local-slot.js";
import { decoderOps } from "./ops-decode.js";
import type { Slot } from "./slot.js";

/** An instance for the calling thread. @internal */
export const startLocal = (): Slot => localSlot(new Instance(make, decoderOps));
