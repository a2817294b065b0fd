import type { Ops } from "./glue.js";

/** The job of an encoder instance. @internal */
export const encoderOps: Ops = {
  encode: (glue, ...args) => glue.encode(...args),
};
