import { bands } from "./bands.js";
import { completed, decodeRaw } from "./decoding.js";
import type { Engine } from "./engine.js";
import type { FileInfo, Raw, Refused } from "./types.js";

/** What an instance gives back with its answer: the file, for the next job. */
interface Lent<T> {
  value: T;
  bytes: Uint8Array;
}

/**
 * Decodes bands of tile rows in several instances side by side and puts them together; as a whole where the file has nothing to share
 * out (one tile row, a tensor, a cut file, tiles that the scale cuts between pixels, or tiles whose coefficients reach into others: each band would
 * decode those around it too), or where another instance has to decode it.
 * @internal
 */
export async function decodeInBands(
  engine: Engine,
  file: Uint8Array,
  reduction: number,
  [x, y, width, height]: number[],
  rest: unknown[],
  signal: AbortSignal,
): Promise<Raw> {
  const lend = <T>(bytes: Uint8Array, op: string, ...args: unknown[]): Promise<Lent<T>> => engine.run("lend", [bytes, op, ...args], signal);
  const { value: info, bytes: own } = await lend<FileInfo>(file, "info", ...rest.slice(1, 4));
  const scale = 2 ** reduction;
  const bottom = width ? y! + height! : info.height;
  const reaches = info.steps.includes("PhotoEncode");
  const isWhole = reaches || info.network || info.kind !== "picture" || !info.isComplete || bottom > info.height || info.tile % scale || y! % scale;
  // Two for each instance: while it decodes the second, the first is put in its place.
  const parts = isWhole ? [] : bands(y!, bottom, info.tile, 2 * engine.maxSlots);
  if (parts.length < 2) return decodeRaw(engine, [own, reduction, x, y, width, height, ...rest], signal);

  let whole: Raw | undefined;
  const rows = Math.ceil((bottom - y!) / scale);
  const put = (part: Raw, top: number): void => {
    const [height, ...row] = part.shape;
    const pitch = part.data.length / height!;
    whole ??= { ...part, shape: [rows, ...row], data: new Uint8Array(rows * pitch) };
    whole.data.set(part.data, ((top - y!) / scale) * pitch);
  };
  const start = (bytes: Uint8Array): { top: number; answer: Promise<Lent<Raw>> } | undefined => {
    const band = parts.shift();
    if (!band) return undefined;
    const [top, end] = band;
    const options = [reduction, x, top, width || info.width, end - top, ...rest];
    const answer = lend<Raw | Refused>(bytes, "decode", ...options).then(async ({ value, bytes }) => ({
      value: await completed(engine, value, options, signal),
      bytes,
    }));
    answer.catch(() => (parts.length = 0)); // nobody needs the rest
    return { top, answer };
  };
  /** Decodes one band after another. Each instance that works at the same time needs a copy of the file, and no more than one. */
  const work = async (bytes: Uint8Array): Promise<void> => {
    for (let job = start(bytes); job;) {
      const { top, answer } = job;
      const { value, bytes } = await answer;
      job = start(bytes);
      put(value, top);
    }
  };
  const copies = Array.from({ length: Math.min(engine.maxSlots, parts.length) - 1 }, () => own.slice());
  await Promise.all([...copies, own].map(work));
  return whole!;
}
