/** A process that codes one picture after another for pool.mjs. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { encode } from "../dist/node.js";
import { readPicture } from "../dist/reader.js";
import { Failure, orFail } from "./failure.mjs";
import { kindOf } from "./look.mjs";
import { place } from "./names.mjs";
import { inWords } from "./words.mjs";
import { write } from "./write.mjs";

/** The most bytes that a file may have where no limit is given: what one instance of the readers can hold. */
const MOST_FILE = 2 ** 31 - 1;

/** A pipe that took the place of a file since it was found is not waited for. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const bytesOf = (path, maxBytes = MOST_FILE) =>
  orFail("read the file", async () => {
    const file = await open(place(path), FLAGS);
    try {
      const about = await file.stat();
      if (!about.isFile()) throw new Failure("unavailable.file", `a ${kindOf(about)}, no file; give files or folders`);
      if (about.size > maxBytes) throw new Failure("limit.file_size", `the file has ${about.size} bytes; at most ${maxBytes} (raise maxBytes)`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  });

async function work({ from, to, draft, force, profile, limits }) {
  const started = performance.now();
  const file = await bytesOf(from, limits.maxBytes);
  const { orientation, icc, exif, frames, dropped, ...picture } = await readPicture(file, limits);
  const meta = { orientation: orientation > 1 || exif ? orientation : undefined, icc: icc ?? null, exif: exif ?? null };
  const bytes = await encode(picture, { ...profile, ...meta, ...(limits.maxBytes && { maxBytes: limits.maxBytes }) });
  await write(to, draft, bytes, force);
  const [width, height] = [picture.width, picture.height];
  return { before: file.length, after: bytes.length, pixels: width * height, size: `${width} x ${height}`, frames, dropped, ms: performance.now() - started };
}

// The terminal's Ctrl-C goes to every process; the one that started this one says what becomes of it.
process.on("SIGINT", () => {});
process.on("message", async (job) => {
  let result;
  try {
    result = await work(job);
  } catch (error) {
    const short = error instanceof RangeError ? "limit.memory" : "internal.bug";
    const code = error instanceof Failure || error.name === "VaeransError" ? error.code : short;
    result = { code, message: inWords(error.message, job.limits) };
  }
  process.send?.(result, () => {});
});
