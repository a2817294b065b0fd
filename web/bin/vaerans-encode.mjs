#!/usr/bin/env node
/** vaerans-encode: folders of JPEG, PNG, WebP and TIFF files to .vrn files, at build time. See --help. */
import { resolve } from "node:path";
import { find, skippedLines } from "./find.mjs";
import { shown } from "./names.mjs";
import { plan } from "./plan.mjs";
import { runAll } from "./pool.mjs";
import { complain, guardStreams, live, say, table } from "./report.mjs";
import { HELP, parse, usage, UsageError } from "./usage.mjs";
import { inWords } from "./words.mjs";

/** Options that do not go together are the core's to know: it is asked with a picture of one pixel. */
async function checkTogether(profile) {
  if (Object.keys(profile).length < 2) return;
  const { encode } = await import("../dist/node.js");
  const pixel = { data: new Uint8Array(1), width: 1, height: 1, channels: 1 };
  await encode(pixel, profile).catch((error) => (error.code?.startsWith("param.") ? usage(inWords(error.message)) : undefined));
}

const failure = ({ from, result }) => `${result.code}: ${shown(from)}: ${result.message}`;

/** A picture that ended: its failure, or what its file does not hold. */
function tell({ from, result }, quiet) {
  if (result.code) complain(failure({ from, result }));
  if (result.frames > 1 && !quiet) complain(`${shown(from)}: the first of ${result.frames} pictures is taken`);
  if (result.dropped && !quiet) complain(`${shown(from)}: left out: ${result.dropped}`);
}

/** Finds, codes and reports; the exit status. */
async function encodeAll(options) {
  const { quiet, force, profile, limits } = options;
  await checkTogether(profile);
  const found = find(options);
  const jobs = plan(found.sources, options);
  const made = new Set(jobs.map(({ to }) => resolve(to)));
  const skipped = found.skipped.filter(({ path }) => !made.has(resolve(path)));
  if (!quiet) skippedLines(skipped).forEach(complain);
  for (const { from, ...result } of found.failed) complain(failure({ from, result }));
  if (!jobs.length && !found.failed.length) usage(`no JPEG, PNG, WebP or TIFF file in ${options.inputs.map(shown).join(", ")}`);
  for (const { from, to, instead } of quiet ? [] : jobs)
    if (instead !== undefined) complain(`${shown(from)}: ${shown(instead)} has that name already: ${shown(to)}`);
  const isLive = process.stderr.isTTY && !quiet;
  let ended = 0;
  const interrupted = await runAll(jobs, { force, profile, limits }, options.jobs, (job) => {
    if (isLive) live();
    tell(job, quiet);
    if (isLive) live(`${++ended}/${jobs.length}  ${shown(job.name)}`);
  });
  if (isLive) live();
  if (!quiet && jobs.length) say(table(jobs));
  if (interrupted) {
    complain(`interrupted (${interrupted.signal}); ${jobs.filter(({ result }) => !result).length} of ${jobs.length} files were not done`);
    return interrupted.code;
  }
  return found.failed.length || jobs.some(({ result }) => result.code) ? 1 : 0;
}

guardStreams();
try {
  const options = parse();
  if (options.help) say(HELP.trimEnd().split("\n"));
  else process.exitCode = await encodeAll(options);
} catch (error) {
  if (error instanceof UsageError) {
    complain(error.message);
    complain("--help says more");
  } else complain(`internal.bug: ${error.stack}; please report this`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
