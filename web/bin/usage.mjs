/** What the command takes: the text of --help, and the arguments as one object. */
import { lstatSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, extname } from "node:path";
import { parseArgs } from "node:util";
import { OTHERS, PICTURES } from "./formats.mjs";
import { look } from "./look.mjs";
import { argumentNames, shown, textOf } from "./names.mjs";
import { OPTIONS } from "./options.mjs";
import { flag } from "./words.mjs";

/** The most that the readers and the coder take; smaller limits may be asked for. */
const LIMITS = [
  { name: "maxPixels", type: "int", text: "refuse larger pictures; default 268435456", range: [1, 2 ** 28] },
  { name: "maxBytes", type: "int", text: "refuse what takes more working memory; default 2147483647", range: [1, 2 ** 31 - 1] },
];

function helpOf({ name, type, text }) {
  const left = `${name === "quality" ? "-q, " : "    "}--${flag(name)}${type === "bool" ? "" : type === "str" ? " WORD" : " N"}`;
  return `  ${left.padEnd(20)}${text}`;
}

export const HELP = `vaerans-encode INPUT... -o OUT [options]

Encodes pictures to .vrn files. INPUT: files, or folders that are searched through and through for JPEG, PNG, WebP and TIFF files
(${PICTURES.join(" ")}). OUT gets the same folders. ICC profile, EXIF block and orientation are kept.

  -o, --out FOLDER    where the .vrn files go; made if it is not there
${OPTIONS.map(helpOf).join("\n")}
${LIMITS.map(helpOf).join("\n")}
  -j, --jobs N        pictures at a time; as many as there are cores if not given
  -f, --force         write over files that exist; without it they are kept
      --skip-existing keep them also where they are older than their source
      --keep-suffix   a.jpg becomes a.jpg.vrn; without it a.vrn, and a.png beside it a-2.vrn
      --quiet         errors alone
  -h, --help          this text

Exit status: 0 every picture has its file; 1 some could not be encoded, or exist and are older than their source; 2 wrong use, nothing
was done; 130 or 143 interrupted.
`;

export class UsageError extends Error {}
export const usage = (words) => {
  throw new UsageError(words);
};

function number({ name, type, range: [low, high] = [] }, text) {
  const value = Number(text);
  const fits = (type === "int" ? /^\d+$/ : /^[\d.e+-]+$/).test(text) && value >= low && value <= high;
  return fits ? value : usage(`--${flag(name)}: expected a ${type === "int" ? "whole " : ""}number from ${low} to ${high}, got "${textOf(text)}"`);
}

const valueOf = (option, text) => (option.type === "bool" || option.type === "str" ? text : number(option, text));

/** The options of `table` that were given, as `encode` and the readers name them. */
function given(table, values) {
  const found = table.filter(({ name }) => values[flag(name)] !== undefined);
  return Object.fromEntries(found.map((option) => [option.name, valueOf(option, values[flag(option.name)])]));
}

const STRINGS = { quality: "q", out: "o", jobs: "j" };
const FLAGS = { force: "f", "skip-existing": undefined, "keep-suffix": undefined, quiet: undefined, help: "h" };

function parsed(args) {
  const option = (type, short) => ({ type, ...(short && { short }) });
  const options = {
    ...Object.fromEntries([...OPTIONS, ...LIMITS].map(({ name, type }) => [flag(name), option(type === "bool" ? "boolean" : "string")])),
    ...Object.fromEntries(Object.entries(STRINGS).map(([name, short]) => [name, option("string", short)])),
    ...Object.fromEntries(Object.entries(FLAGS).map(([name, short]) => [name, option("boolean", short)])),
  };
  try {
    return parseArgs({ args, options, allowPositionals: true, tokens: true });
  } catch (error) {
    return usage(textOf(error.message).replaceAll("\n", " "));
  }
}

/** Every part of the output folder's name that is there is a folder, and it is not called as if it were a file. */
function checkOut(out) {
  if (!out) usage("no output folder: -o FOLDER");
  for (let path = out, above; ; path = above) {
    const about = look(path) ?? look(path, lstatSync);
    if (about && !about.isDirectory()) usage(`-o ${shown(out)}: ${shown(path)} is there and is no folder; give a folder`);
    if (about && path === out) return;
    above = dirname(path);
    if (about || above === path) break;
  }
  if ([".vrn", ...PICTURES, ...OTHERS].includes(extname(out).toLowerCase()) && !/[/\\]$/.test(out))
    usage(`-o ${shown(out)} names a file, but the output is a folder; write ${shown(out)}/ if it is to be one`);
}

/** The arguments: { help }, or everything that a run needs. Throws a UsageError. */
export function parse(args = argumentNames()) {
  const { values, positionals, tokens } = parsed(args);
  if (values.help) return { help: true };
  const once = new Set();
  for (const { kind, name } of tokens) {
    if (kind !== "option" || values[name] === true) continue;
    if (once.has(name)) usage(`--${name} is given twice`);
    once.add(name);
  }
  if (values.force && values["skip-existing"]) usage("--force and --skip-existing: give one of them");
  const [profile, limits] = [given(OPTIONS, values), given(LIMITS, values)];
  const jobs = number({ name: "jobs", type: "int", range: [1, 256] }, values.jobs ?? String(Math.min(256, availableParallelism())));
  if (positionals.includes("")) usage("an INPUT without a name");
  if (!positionals.length) usage("no INPUT");
  checkOut(values.out);
  const { out, force = false, quiet = false } = values;
  return { inputs: positionals, out, profile, limits, jobs, force, quiet, skipExisting: values["skip-existing"], keepSuffix: values["keep-suffix"] };
}
