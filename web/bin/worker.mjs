/** Encodes one file after another for vaerans-encode.mjs, on a thread of its own. */
import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { parentPort } from "node:worker_threads";
import { encode } from "../dist/node.js";
import { readPicture } from "./read/index.mjs";

/** Whole or not at all. Without `force` the name is taken only if it is free, even if another process wants it too. */
async function write(path, bytes, force) {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  const file = await open(draft, "wx");
  try {
    await file.writeFile(bytes).finally(() => file.close());
    if (force) return await rename(draft, path);
    await link(draft, path);
  } catch (error) {
    if (error.code === "EEXIST") throw new Error(`${path} exists: --force writes over it`);
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(error.code)) throw error;
    return await rename(draft, path); // a file system without links
  } finally {
    await unlink(draft).catch(() => {}); // renamed: gone already
  }
}

async function work({ from, to, force, profile }) {
  const started = performance.now();
  const file = await readFile(from);
  const { orientation, icc, exif, ...picture } = await readPicture(file);
  const meta = { orientation: orientation > 1 ? orientation : undefined, icc: icc ?? null, exif: exif ?? null };
  const bytes = await encode(picture, { ...profile, ...meta });
  await write(to, bytes, force);
  return {
    before: file.length,
    after: bytes.length,
    pixels: picture.width * picture.height,
    size: `${picture.width} x ${picture.height}`,
    ms: performance.now() - started,
  };
}

parentPort.on("message", async (job) => {
  try {
    parentPort.postMessage(await work(job));
  } catch (error) {
    parentPort.postMessage({ error: error.message });
  }
});
