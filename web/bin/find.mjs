/** From the arguments to a list of files. What is left out is told, with the reason. */
import { statSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { fileFailure } from "./failure.mjs";
import { PICTURES } from "./formats.mjs";
import { kindOf, look, namesIn, real } from "./look.mjs";
import { place, shown } from "./names.mjs";
import { usage } from "./usage.mjs";

/** A draft of a run under way, or of one that was killed. */
const DRAFT = /^\.vaerans-.*\.tmp$/;

class Search {
  sources = [];
  failed = [];
  skipped = [];
  #taken = new Set();
  #entered = new Map();
  #avoid;

  constructor(out) {
    this.#avoid = look(out) && real(out);
  }

  /** A file, or everything below a folder. */
  add(path) {
    this.#try(path, "open it", () => {
      const kind = kindOf(statSync(place(path)));
      if (kind === "folder") this.#folder(path);
      else if (kind === "file") this.#take(path, basename(path));
      else this.failed.push({ from: path, code: "unavailable.file", message: `a ${kind}, no file; give files or folders` });
    });
  }

  /** What fails is told, and the search goes on. */
  #try(from, doing, work) {
    try {
      return work();
    } catch (error) {
      if (!error.syscall) throw error;
      const { code, message } = fileFailure(error, doing);
      this.failed.push({ from, code, message });
    }
  }

  #folder(top) {
    const pending = [top];
    for (let folder; (folder = pending.pop()) !== undefined;) {
      const path = folder;
      const below = this.#try(path, "list the folder", () => this.#below(path, top)) ?? [];
      for (const one of below.reverse()) pending.push(one);
    }
  }

  /** Takes the files of a folder, or says why not; the folders in it. Each folder is read once, whatever links lead to it. */
  #below(folder, top) {
    const where = real(folder);
    const first = this.#entered.get(where);
    if (first !== undefined) {
      if (resolve(first) !== resolve(folder)) this.#skip(folder, `the same folder as ${shown(first)}`);
      return [];
    }
    this.#entered.set(where, folder);
    const paths = namesIn(folder).map((name) => join(folder, name));
    return paths.filter((path) => this.#entry(path, top));
  }

  /** Whether it is a folder to enter. */
  #entry(path, top) {
    const [name, isPicture] = [basename(path), PICTURES.includes(extname(path).toLowerCase())];
    // A link to nothing matters where it is called a picture.
    const about = isPicture ? this.#try(path, "open it", () => statSync(place(path))) : look(path);
    const kind = about && kindOf(about);
    if (kind === "folder" && real(path) === this.#avoid) return false;
    if (name.startsWith(".")) {
      if ((isPicture || kind === "folder") && !DRAFT.test(name)) this.#skip(path, "hidden");
    } else if (kind === "folder") return true;
    else if (!isPicture) this.#skip(path, `no ${PICTURES.join(" ")}`);
    else if (kind === "file") this.#take(path, relative(top, path));
    else if (kind) this.#skip(path, `a ${kind}`);
    return false;
  }

  /** A picture that goes by two names, links too, is two pictures; one name written twice is one. */
  #take(from, name) {
    const written = join(real(dirname(from)), basename(from));
    if (!this.#taken.has(written)) this.sources.push({ from, name });
    this.#taken.add(written);
  }

  #skip(path, reason) {
    this.skipped.push({ path, reason });
  }
}

function hint(path) {
  if (path === "-") return ": standard input is not read; give files or folders";
  return /[*?[]/.test(path) ? "; where the shell does not expand it, give the folder" : "";
}

const isThere = (path) => {
  try {
    return Boolean(statSync(place(path), { throwIfNoEntry: false }));
  } catch (error) {
    return error.code !== "ENOTDIR" && error.code !== "ENAMETOOLONG"; // else it cannot be looked at: told with its reason
  }
};

/**
 * { sources: [{ from, name }], failed: [{ from, code, message }], skipped: [{ path, reason }] }; `name` is where its file goes below the
 * output folder, without the suffix. The output folder is not read where it lies inside an input folder. Throws a UsageError where an input
 * is not there.
 */
export function find({ inputs, out }) {
  const search = new Search(out);
  for (const input of inputs) if (!isThere(input)) usage(`${shown(input)} is not there${hint(input)}`);
  for (const input of inputs) search.add(input);
  return search;
}

/** One line for each reason, with the first names. */
export function skippedLines(skipped, most = 5) {
  const reasons = new Map();
  for (const { path, reason } of skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), path]);
  return [...reasons].map(([reason, all]) => {
    const more = all.length > most ? ` and ${all.length - most} more` : "";
    return `skipped, ${reason}: ${all.slice(0, most).map(shown).join(", ")}${more}`;
  });
}
