import { picture } from "./pictures.js";

/** The picture's file, so that later rounds need no pixels. */
export async function memoryFile({ source }) {
  const { dispose, encode } = await import("./two/index.js");
  const image = await picture(source);
  const file = await encode(image, { quality: 75 });
  dispose();
  globalThis.kept = { image, file };
  return { pixels: image.width * image.height, bytes: file.length };
}

/** One decode or encode of the kept picture; gives what the package says of its memory. */
export async function memoryRound({ direction, threads = 1 }) {
  const { decode, dispose, encode, engineInfo, getMemoryStats, init } = await import("./one/index.js");
  const { image, file } = globalThis.kept;
  await init({ threads });
  if (direction === "decode") await decode(file.slice());
  else await encode(image, { quality: 75 });
  const stats = getMemoryStats();
  const { sharedMemory } = engineInfo();
  dispose();
  return { stats, sharedMemory };
}
