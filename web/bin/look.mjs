/** What is there under a name. */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { ENCODING, named, place } from "./names.mjs";

/** Undefined where there is nothing, or where it cannot be looked at: opening it says why. */
export function look(path, stat = statSync) {
  try {
    return stat(place(path), { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The one way to write where something is: links are followed. */
export const real = (path) => named(realpathSync.native(place(path), { encoding: ENCODING }));

/** Names of what is in a folder, sorted. */
export const namesIn = (folder) => readdirSync(place(folder), { encoding: ENCODING }).map(named).sort();

export function kindOf(about) {
  if (about.isFile()) return "file";
  if (about.isDirectory()) return "folder";
  return about.isFIFO() ? "named pipe" : about.isSocket() ? "socket" : "device";
}
