import make from "glue:decoder-simd";
import { Instance } from "./instance.js";
import { ops } from "./ops-decode.js";

/** An instance for the calling thread. @internal */
export const open = (): Instance => new Instance(make, ops);
