import type { Engine } from "./engine.js";
import type { Tools } from "./api.js";
import type { Raw } from "./types.js";

/** A band of rows, first and last + 1, in pixels of the full size. */
type Band = [top: number, bottom: number];

/** Cuts [top, bottom) along tile rows into at most `count` bands of nearly equally many tiles. @internal */
export function bands(top: number, bottom: number, tile: number, count: number): Band[] {
  const first = Math.floor(top / tile);
  const rows = Math.ceil(bottom / tile) - first;
  const n = Math.min(count, rows);
  const cut = (i: number): number => Math.min(bottom, Math.max(top, (first + Math.round((i * rows) / n)) * tile));
  return Array.from({ length: n }, (_, i) => [cut(i), cut(i + 1)]);
}

/**
 * Decodes bands of tile rows in several instances side by side and puts them together. undefined: the file has nothing to share
 * out (one tile row, a tensor, a cut file, or tiles that the scale cuts between pixels).
 * @internal
 */
export async function decodeRows(
  { decoded, fileInfo }: Tools,
  engine: Engine,
  bytes: Uint8Array,
  reduce: number,
  [x, y, width, height]: number[],
  rest: unknown[],
  signal: AbortSignal,
): Promise<Raw | undefined> {
  const info = fileInfo(await engine.run("info", [bytes.slice(), rest[1]], signal));
  const scale = 2 ** reduce;
  const bottom = width ? y! + height! : info.height;
  if (info.kind !== "picture" || !info.isComplete || bottom > info.height || info.tile % scale || y! % scale) return undefined;
  // Two for each instance: while it decodes the second, the first is put in its place.
  const parts = bands(y!, bottom, info.tile, 2 * engine.width);
  if (parts.length < 2) return undefined;
  let whole: Raw | undefined;
  const rows = Math.ceil((bottom - y!) / scale);
  await Promise.all(
    parts.map(async ([from, to]) => {
      const args = [bytes.slice(), reduce, x, from, width || info.width, to - from, ...rest];
      const part = await decoded(engine, args, signal);
      const [height, ...row] = part.shape;
      const pitch = part.data.length / height!;
      whole ??= { ...part, shape: [rows, ...row], data: new Uint8Array(rows * pitch) };
      whole.data.set(part.data, ((from - y!) / scale) * pitch);
    }),
  );
  return whole;
}
