import make from "glue:encoder-simd";
import { Instance } from "./instance.js";
import { ops } from "./ops-encode.js";

/** An instance for the calling thread. @internal */
export const open = (): Instance => new Instance(make, ops);
