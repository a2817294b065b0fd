/** What the page, or a worker of it, is asked to do. Arguments and results are JSON. */
import { codecs } from "./codecs.js";
import { memoryFile, memoryRound } from "./memory.js";
import { picture } from "./pictures.js";
import { kernels } from "./kernels.js";
import { learned } from "./learned.js";
import { inTurns, timed } from "./rounds.js";
import { makeFile, rateFile } from "./search.js";
import { rans } from "./symbols.js";
import { systems } from "./systems.js";
import { threads, threadsInfo } from "./threads.js";

const fetched = async (path) => new Uint8Array(await (await fetch(new URL(path, import.meta.url))).arrayBuffer());

/** files: { name of a codec: path }. */
async function decode({ files, ...options }) {
  const works = {};
  for (const [name, path] of Object.entries(files)) {
    const bytes = await fetched(path);
    works[name] = () => codecs[name].decode(bytes.slice());
  }
  return inTurns(works, options);
}

/** qualities: { name of a codec: quality }. */
async function encode({ source, qualities, ...options }) {
  const image = await picture(source);
  return inTurns(Object.fromEntries(Object.entries(qualities).map(([name, quality]) => [name, () => codecs[name].encode(image, quality)])), options);
}

/** Milliseconds from before the codec's script is imported to its first picture. */
async function cold({ name, path }) {
  const bytes = await fetched(path);
  return timed(() => codecs[name].decode(bytes));
}

const kept = new Map();

/** Milliseconds of one pass of ours over the files, to samples. */
async function decodeAll({ paths }) {
  for (const path of paths) if (!kept.has(path)) kept.set(path, await fetched(path));
  return timed(async () => {
    for (const path of paths) await codecs["vaerans, samples"].decode(kept.get(path));
  });
}

export const jobs = { cold, decode, decodeAll, encode, kernels, learned, makeFile, memoryFile, memoryRound, rans, rateFile, systems, threads, threadsInfo };
