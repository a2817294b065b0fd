/** A band of rows, first and last + 1, in pixels of the full size. @internal */
export type Band = [top: number, bottom: number];

/** Cuts [top, bottom) along tile rows into at most `count` bands of nearly equally many tiles. @internal */
export function bands(top: number, bottom: number, tile: number, count: number): Band[] {
  const first = Math.floor(top / tile);
  const rows = Math.ceil(bottom / tile) - first;
  const n = Math.min(count, rows);
  const cut = (i: number): number => Math.min(bottom, Math.max(top, (first + Math.round((i * rows) / n)) * tile));
  return Array.from({ length: n }, (_, i) => [cut(i), cut(i + 1)]);
}
