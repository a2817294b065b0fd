import { fail } from "./errors.js";

/** log2(1/scale): how many levels of resolution are left out. @internal */
export function reductionOf(scale: number): number {
  const reduction = -Math.log2(scale);
  return [0, 1, 2, 3, 4, 5, 6].includes(reduction) ? reduction : fail("param.range", `scale: expected 1, 1/2 ... 1/64, got ${scale}`);
}
