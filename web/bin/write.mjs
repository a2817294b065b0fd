/** Writing files so that nothing half-written is ever seen. */
import { link, lstat, mkdir, open, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure, orFail } from "./failure.mjs";
import { look } from "./look.mjs";
import { place, shown } from "./names.mjs";

const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

const isThere = () => new Failure("unavailable.file_exists", "its file was made meanwhile by another; --force overwrites it");

/** Takes the name only if it is free, even if another process wants it too. */
async function claim(draft, path) {
  try {
    await link(draft, path);
  } catch (error) {
    if (error.code === "EEXIST") throw isThere();
    if (!NO_LINKS.includes(error.code)) throw error;
    // A file system without links.
    if (await lstat(path).catch(() => undefined)) throw isThere();
    await rename(draft, path);
  }
}

/** A folder whose parent is there; it may be there itself. */
async function makeOne(path) {
  try {
    await mkdir(place(path));
  } catch (error) {
    if (error.code !== "EEXIST" || !(await stat(place(path))).isDirectory()) throw error;
  }
}

/** A folder and those above it. Node's own way, `recursive`, does not end where a folder is there but can hold none (/proc). */
async function makeFolder(path) {
  try {
    await makeOne(path);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    if (!look(dirname(path))) await makeFolder(dirname(path));
    await makeOne(path); // another process may have made the one above meanwhile
  }
}

/** `bytes` to the file `to` by way of `draft`, a name beside it: whole or not at all. A file that was there keeps its permissions. */
export const write = (to, draft, bytes, force) =>
  orFail(`write ${shown(to)}`, async () => {
    const [path, before] = [place(to), place(draft)];
    await makeFolder(dirname(to));
    const old = force ? await stat(path).catch(() => undefined) : undefined;
    const file = await open(before, "wx");
    try {
      await file.writeFile(bytes);
      if (old) await file.chmod(old.mode & 0o7777).catch(() => {}); // not every file system has permissions
      await file.sync();
    } catch (error) {
      await file.close();
      await unlink(before).catch(() => {});
      throw error;
    }
    await file.close();
    try {
      await (force ? rename(before, path) : claim(before, path));
    } finally {
      await unlink(before).catch(() => {}); // renamed: gone already
    }
  });
