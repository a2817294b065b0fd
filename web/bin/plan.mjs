/** Which picture becomes which file: settled before anything runs. */
import { lstatSync } from "node:fs";
import { extname, join } from "node:path";
import { PICTURES } from "./formats.mjs";
import { kindOf, look, real } from "./look.mjs";
import { folded, shown } from "./names.mjs";
import { usage } from "./usage.mjs";

const stemOf = (name) => (PICTURES.includes(extname(name).toLowerCase()) ? name.slice(0, -extname(name).length) : name);

/**
 * The files of `sources`: [{ from, name, to, instead }]. Where two would be one file (x.jpg and x.png; names that differ in case alone, which
 * many file systems take for one) the first has the name and the others a number: `instead` then names the first.
 */
function targets(sources, { out, keepSuffix }) {
  const taken = new Map();
  const take = (job, file) => {
    const key = folded(file);
    if (taken.has(key)) return false;
    taken.set(key, job);
    job.to = join(out, file);
    return true;
  };
  const stem = ({ name }) => (keepSuffix ? name : stemOf(name));
  const jobs = sources.map((source) => ({ ...source }));
  const late = jobs.filter((job) => !take(job, `${stem(job)}.vrn`));
  const numbers = new Map();
  for (const job of late) {
    const key = folded(`${stem(job)}.vrn`);
    job.instead = taken.get(key).from;
    do numbers.set(key, (numbers.get(key) ?? 1) + 1);
    while (!take(job, `${stem(job)}-${numbers.get(key)}.vrn`));
  }
  return jobs;
}

const number = ({ dev, ino }) => `${dev} ${ino}`;

/** What is there already of a job's file; undefined if it is to be made. */
function standing({ from, to }, { force, skipExisting }) {
  const link = look(to, lstatSync);
  if (!link) return undefined;
  const there = look(to);
  if (there && !there.isFile()) return { code: "unavailable.file", message: `${shown(to)} is a ${kindOf(there)}: nothing is written there` };
  if (force) return undefined;
  const picture = look(from);
  const isOld = there && picture && there.mtimeNs < picture.mtimeNs;
  if (!isOld || skipExisting) return { kept: true };
  return { code: "unavailable.file_exists", message: `${shown(to)} is there already and is older than its source; --force overwrites it` };
}

/** The jobs, sorted by name: { from, name, to, instead, result }; with a `result` where nothing is to be done. Throws a UsageError. */
export function plan(sources, options) {
  const jobs = targets(
    [...sources].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    options,
  );
  const pictures = new Map(jobs.map(({ from }) => [look(from), from]).filter(([about]) => about));
  const numbers = new Map([...pictures].map(([about, from]) => [number(about), from]));
  for (const job of jobs) {
    const there = look(job.to);
    const hit = there && numbers.get(number(there));
    if (hit !== undefined) usage(`${shown(hit)} would be overwritten by an output of this very run: ${shown(job.to)}; choose another -o`);
    job.result = standing(job, options);
    // A link is followed, so that what it leads to is replaced as a whole.
    if (!job.result && there) job.to = real(job.to);
  }
  return jobs;
}
