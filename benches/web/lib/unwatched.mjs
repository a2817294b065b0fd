/**
 * A page in a Chromium of its own, spoken to with as little of the DevTools protocol as will do. Drivers listen to the network, and
 * then the renderer keeps what was fetched, up to 100 MB of it: its memory would say more of the driver than of the page.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram } from "../../../web/test/browsers/drivers/find.mjs";
import { start } from "../../../web/test/browsers/process.mjs";

const program = () => findProgram(process.env.VAERANS_CHROMIUM, "chromium", "chromium-browser", "google-chrome");
const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Calls by number over the pipes 3 and 4: JSON, each with a zero byte behind it. */
function connection(child) {
  const [, , , out, into] = child.stdio;
  const waiting = new Map();
  let last = 0;
  let rest = "";
  into.on("data", (part) => {
    const messages = (rest + part).split("\0");
    rest = messages.pop();
    for (const message of messages) {
      const { id, result, error } = JSON.parse(message);
      const [resolve, reject] = waiting.get(id) ?? [];
      waiting.delete(id);
      if (error) reject?.(new Error(error.message));
      else resolve?.(result);
    }
  });
  return (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, [resolve, reject]);
      out.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
}

/** { call, open, close }: a Chromium. `open(url)` gives a page of a context that has never seen another: { evaluate, send, close }. `args`: more of the browser's. */
export async function unwatchedBrowser(args = []) {
  const home = await mkdtemp(join(tmpdir(), "vaerans-bench-"));
  const running = start(program(), [...ARGS, ...args, `--user-data-dir=${home}`, "--remote-debugging-pipe", "about:blank"], {
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
  });
  const call = connection(running.child);
  const close = async () => {
    await running.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const open = async (url) => {
    const { browserContextId } = await call("Target.createBrowserContext");
    return { ...(await openTarget(call, { url, browserContextId })), close: () => call("Target.disposeBrowserContext", { browserContextId }) };
  };
  return { call, open, close };
}

/** { send, evaluate } of a new page; `evaluate` takes an expression whose value, or promised value, is JSON. */
async function openTarget(call, target) {
  const { targetId } = await call("Target.createTarget", target);
  const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
  const send = (method, params) => call(method, params, sessionId);
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  // Before the page comes the empty one, and between the two there is none.
  while ((await evaluate("document.readyState + location.href").catch(() => "")) !== `complete${target.url}`) await sleep(50);
  return { send, evaluate };
}

/** A page with a browser of its own: { send, evaluate, pid, renderers, close }. `renderers` gives the ids of all processes that show pages. */
export async function unwatchedPage(url, args = []) {
  const { call, close } = await unwatchedBrowser(args);
  const { send, evaluate } = await openTarget(call, { url });
  const renderers = async () => (await processes(call)).map(({ id }) => id);
  return { send, evaluate, pid: await busiest(call, evaluate), renderers, close };
}

/** { id, cpuTime } of each process that shows pages. */
async function processes(call) {
  const { processInfo } = await call("SystemInfo.getProcessInfo");
  return processInfo.filter(({ type }) => type === "renderer");
}

/** The renderer whose processor time grows while the page is busy. */
async function busiest(call, evaluate) {
  const times = async () => new Map((await processes(call)).map(({ id, cpuTime }) => [id, cpuTime]));
  const before = await times();
  await evaluate("for (const end = performance.now() + 1000; performance.now() < end; );");
  const grown = [...(await times())].map(([id, time]) => [time - (before.get(id) ?? 0), id]);
  return grown.sort(([a], [b]) => b - a)[0][1];
}
