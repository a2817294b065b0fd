import type { FileInfo } from "./types.js";

/** A file's header: the engine's JSON with JavaScript's names. @internal */
export function parseFileInfo(json: string): FileInfo {
  const entries = Object.entries(JSON.parse(json) as object);
  return Object.fromEntries(entries.map(([key, value]) => [key.replace(/_./g, (c) => c[1]!.toUpperCase()), value])) as unknown as FileInfo;
}
