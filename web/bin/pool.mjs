/** Pictures are coded by processes, so that one that ends (memory ran out, a fault) costs no picture but its own. */
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { place } from "./names.mjs";

const CODER = fileURLToPath(new URL("./coder.mjs", import.meta.url));
/** How a process ends that asked for more memory than there is, or was ended for it. */
const SHORT = ["SIGKILL", "SIGABRT", "SIGTRAP", "SIGILL"];
const INTERRUPTS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

const draftFor = (to) => join(dirname(to), `.vaerans-${randomBytes(8).toString("hex")}.tmp`);

function removed(path) {
  try {
    unlinkSync(place(path));
  } catch {
    // It was renamed, or never made.
  }
}

function ended(code, signal, said) {
  const how = signal ?? `code ${code}`;
  if (SHORT.includes(signal) || code === 134)
    return { code: "limit.memory", message: `the process that coded it ended (${how}): there may be too little memory; try --jobs 1` };
  const last = said.match(/^\w*Error\b.*$/m)?.[0] ?? said.trim().split("\n").pop();
  return { code: "internal.bug", message: `the process that coded it ended (${how})${last ? `: ${last}` : ""}; please report this` };
}

/** One process after another, for one picture after another. */
class Coder {
  #child;
  #settle;
  #draft;

  /** What became of the picture: { after, ... }, or { code, message }. */
  run(job, settings) {
    this.#draft = draftFor(job.to);
    this.#child ??= this.#start();
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#child.send({ from: job.from, to: job.to, draft: this.#draft, ...settings }, () => {}); // where it fails, the process has ended
    });
  }

  #start() {
    let said = "";
    const child = fork(CODER, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    child.stderr.on("data", (text) => (said = `${said}${text}`.slice(-2000)));
    child.on("message", (result) => this.#answer(result));
    child.on("error", (error) => this.#gone({ code: "unavailable.worker", message: `no process for it: ${error.message}` }));
    child.on("close", (code, signal) => this.#gone(INTERRUPTS[signal] && signal !== "SIGHUP" ? { interrupted: signal } : ended(code, signal, said)));
    return child;
  }

  #answer(result) {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(result);
  }

  #gone(result) {
    this.#child = undefined;
    if (this.#draft !== undefined) removed(this.#draft);
    this.#answer(result);
  }

  /** Ends it at once, whatever it does. */
  kill() {
    this.#child?.kill("SIGKILL");
  }

  end() {
    this.#child?.disconnect();
  }
}

/**
 * Runs the jobs, `count` at a time; `told` hears each as it ends, with its `result`. The signal that broke it off; those that were not done
 * then have no result, and nothing of them is on the disk.
 */
export async function runAll(jobs, settings, count, told) {
  const queue = [...jobs];
  const coders = Array.from({ length: Math.min(count, queue.filter(({ result }) => !result).length) }, () => new Coder());
  let interrupted;
  const stop = (signal) => {
    interrupted ??= signal;
    queue.length = 0;
    coders.forEach((coder) => coder.kill());
  };
  for (const signal of Object.keys(INTERRUPTS)) process.on(signal, stop);
  const work = async (coder) => {
    for (let job; (job = queue.shift());) {
      const result = job.result ?? (await coder.run(job, settings));
      if (result.interrupted) stop(result.interrupted);
      if (interrupted && !result.after) continue;
      job.result = result;
      told(job);
    }
    coder?.end();
  };
  await Promise.all(coders.length > 0 ? coders.map(work) : [work()]);
  for (const signal of Object.keys(INTERRUPTS)) process.off(signal, stop);
  return interrupted && { signal: interrupted, code: INTERRUPTS[interrupted] };
}
