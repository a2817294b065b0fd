import { fail } from "./errors.js";
import { MOST_BYTES } from "./limits.js";
import type { Region } from "./types.js";

/** log2(1/scale): how many levels of resolution are left out. @internal */
export function reductionOf(scale: number): number {
  const reduction = -Math.log2(scale);
  return [0, 1, 2, 3, 4, 5, 6].includes(reduction) ? reduction : fail("param.range", `scale: expected 1, 1/2 ... 1/64, got ${scale}`);
}

/** x, y, width, height as the engine wants them; width 0 is the whole. @internal */
export function rectangle(region?: Region): number[] {
  if (region == null) return [0, 0, 0, 0];
  const { x, y, width, height } = region;
  const sides = [x, y, width, height];
  if (!sides.every((n, i) => Number.isInteger(n) && n >= +(i > 1) && n <= MOST_BYTES)) fail("param.range", "region: expected whole pixels, none below 0");
  return sides;
}
