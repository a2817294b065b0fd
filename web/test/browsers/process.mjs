/** Time limits that say what did not happen, and child processes that never outlive the tests. */
import { spawn } from "node:child_process";

/** The promise, or after `ms` an error that names the step. */
export async function within(ms, step, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${step}: nothing within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const groups = new Set();
let isGuarded = false;

/** Ends every group that is left; also when the test process itself is ended. */
function guard() {
  if (isGuarded) return;
  isGuarded = true;
  process.on("exit", () => groups.forEach((pid) => endGroup(pid, "SIGKILL")));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));
}

function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/**
 * Starts a program as the head of a process group of its own.
 * `stop()` ends the whole group; `output()` is the end of what it said: 8 KB, or `kept` characters.
 */
export function start(program, args, { kept = 8192, ...options } = {}) {
  guard();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options, detached: true });
  let said = "";
  const keep = (part) => (said = (said + part).slice(-kept));
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  if (child.pid) groups.add(child.pid);
  const closed = new Promise((resolve) => child.once("close", resolve));
  return {
    child,
    ended,
    /** When all that it said is there; its own children may keep its output open. */
    said: () => Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 2000).unref())]),
    output: () => said,
    async stop() {
      if (!child.pid || !groups.delete(child.pid)) return;
      endGroup(child.pid, "SIGTERM");
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
      endGroup(child.pid, "SIGKILL");
    },
    /** Resolves with the match when the program prints `pattern`; fails when it ends first. */
    async prints(pattern, ms, step) {
      const seen = new Promise((resolve, reject) => {
        const look = () => pattern.test(said) && resolve(said.match(pattern));
        child.stdout?.on("data", look);
        child.stderr?.on("data", look);
        ended.then((how) => (look(), reject(new Error(`${step}: ${program} ${how}\n${said}`))));
      });
      return within(ms, step, seen).catch((error) => Promise.reject(new Error(`${error.message}\n${said}`)));
    },
  };
}

/** Runs a program to its end; fails, with what it said, unless it ends with 0. */
export async function runToEnd(program, args, { timeout = 120_000, step = program, ...options } = {}) {
  const running = start(program, args, options);
  try {
    const how = await within(timeout, step, running.ended);
    await running.said();
    if (how !== "ended with 0") throw new Error(`${step}: ${program} ${args.join(" ")} ${how}\n${running.output()}`);
    return running.output();
  } finally {
    await running.stop();
  }
}
