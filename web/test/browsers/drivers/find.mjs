/** Where programs are. */
import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const canRun = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The first of the programs that is there: names are looked for in PATH. */
export function findProgram(...names) {
  const places = (name) => (name.includes("/") ? [name] : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)));
  return names.filter(Boolean).flatMap(places).find(canRun);
}

/** The files called `name` in folders `root/ANY/sub`. */
export function findBelow(root, sub, name) {
  try {
    return readdirSync(root)
      .map((folder) => join(root, folder, sub, name))
      .find(canRun);
  } catch {
    return undefined;
  }
}
