// Neither a page's library nor Node's.
import { VaeransError, decode, encode, info } from "vaerans";
import { World } from "vaerans/pipe";

export async function shrink(file: Uint8Array): Promise<Uint8Array> {
  const { width, height, channels, data } = await decode(file, { scale: 1 / 2 });
  await info(file.buffer);
  return encode({ width, height, channels, data }, { quality: 30 });
}
export const world = World.create();
export const isOurs = (error: unknown): error is VaeransError => error instanceof VaeransError;
