/** WebKitGTK's MiniBrowser through WebKitWebDriver (W3C WebDriver over HTTP) on an X server of its own. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { start, within } from "../process.mjs";
import { findBelow, findProgram } from "./find.mjs";

const driverProgram = () => findProgram("WebKitWebDriver");
const screenProgram = () => findProgram("Xvfb");
const browserProgram = () =>
  findProgram(process.env.VAERANS_MINIBROWSER) ??
  ["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"].map((folder) => findBelow("/usr/lib", folder, "MiniBrowser")).find(Boolean);

export const webkit = {
  missing() {
    if (!driverProgram()) return "no WebKitWebDriver found";
    if (!browserProgram()) return "no MiniBrowser of WebKitGTK found (VAERANS_MINIBROWSER names another place)";
    return screenProgram() ? "" : "no Xvfb found";
  },

  /** Twice at most: WebKitWebDriver waits for ever for a MiniBrowser that crashed while it started. */
  launch: (options) => launchOnce(options).catch(() => launchOnce(options)),
};

async function launchOnce({ proxy, args = [], colorScheme = "light", density = 1 }) {
  const home = await mkdtemp(join(tmpdir(), "vaerans-webkit-"));
  const started = [];
  const close = async () => {
    for (const running of started.reverse()) await running.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const display = await startScreen(started);
    const port = await startDriver(started, { home, display, colorScheme, density });
    const session = await startSession(port, { proxy, args });
    return {
      version: session.version,
      open: (url, size) => openPage(session, url, size),
      close: () =>
        session
          .end()
          .catch(() => {})
          .then(close),
    };
  } catch (error) {
    const said = started.map((running) => running.output()).join("\n");
    await close();
    throw new Error(`webkit: ${error.message}\n${said}`);
  }
}

/** Xvfb picks a free display and writes its number. */
async function startScreen(started) {
  const screen = start(screenProgram(), ["-displayfd", "1", "-screen", "0", "1920x1400x24", "-nolisten", "tcp"]);
  started.push(screen);
  const [, number] = await screen.prints(/^(\d+)\n/m, 20_000, "webkit: start Xvfb");
  return `:${number}`;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
      .once("error", reject)
      .listen(0, "127.0.0.1", () => {
        const { port } = probe.address();
        probe.close(() => resolve(port));
      });
  });
}

async function startDriver(started, { home, display, colorScheme, density }) {
  const port = await freePort();
  const env = {
    ...process.env,
    DISPLAY: display,
    GDK_BACKEND: "x11",
    HOME: home,
    XDG_DATA_HOME: join(home, "data"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_CONFIG_HOME: join(home, "config"),
    GDK_SCALE: String(density),
    NO_AT_BRIDGE: "1",
    LIBGL_ALWAYS_SOFTWARE: "1",
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    ...(colorScheme === "dark" && { GTK_THEME: "Adwaita:dark" }),
  };
  const driver = start(driverProgram(), [`--port=${port}`, "--host=127.0.0.1"], { env });
  started.push(driver);
  for (let attempt = 0; attempt < 100; attempt++) {
    if (
      await fetch(`http://127.0.0.1:${port}/status`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return port;
    await sleep(100);
  }
  throw new Error("WebKitWebDriver does not answer");
}

async function startSession(port, { proxy, args }) {
  const ask = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      body: body && JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${method} ${path.replace(/session\/[^/]+/, "session")}: ${value.error}: ${value.message}`);
    return value;
  };
  // The proxy as an argument: with the capability `proxy` MiniBrowser 2.50 crashed at every fourth start.
  const capabilities = {
    browserName: "MiniBrowser",
    "webkitgtk:browserOptions": {
      binary: browserProgram(),
      args: ["--automation", `--proxy=http://${proxy}`, "--ignore-host=127.0.0.1", "--ignore-host=localhost", ...args],
    },
    timeouts: { script: 600_000, pageLoad: 60_000, implicit: 0 },
  };
  const starting = ask("POST", "/session", { capabilities: { alwaysMatch: capabilities } });
  const { sessionId, capabilities: got } = await within(15_000, "start a session", starting);
  return {
    version: got.browserVersion,
    ask: (method, path, body) => ask(method, `/session/${sessionId}${path}`, body),
    end: () => ask("DELETE", `/session/${sessionId}`),
  };
}

async function openPage({ ask }, url, { width, height }) {
  const run = (expression) => ask("POST", "/execute/async", { script: `(${expression}).then(arguments[arguments.length - 1])`, args: [] });
  // The size is that of the window; the page in it is as much smaller as the window's bars are high (and never narrower than 447).
  const inner = async () => JSON.parse(await run("Promise.resolve(JSON.stringify([innerWidth, innerHeight]))"));
  // The driver's answer at times comes a moment before the page is loaded.
  const loaded = `new Promise((resolve) => (document.readyState === "complete" ? resolve("") : addEventListener("load", () => resolve(""))))`;
  const goto = (next) => ask("POST", "/url", { url: next }).then(() => run(loaded));
  await ask("POST", "/window/rect", { x: 0, y: 0, width, height });
  await goto(url);
  const [innerWidth, innerHeight] = await inner();
  if (innerWidth !== width || innerHeight !== height) await ask("POST", "/window/rect", { width: 2 * width - innerWidth, height: 2 * height - innerHeight });
  return {
    kind: "webdriver",
    ask,
    run,
    goto,
    console: async () => JSON.parse(await run("Promise.resolve(JSON.stringify(globalThis.__console ?? []))")),
    screenshot: async (path) => writeFile(path, Buffer.from(await ask("GET", "/screenshot"), "base64")),
    close: () => ask("POST", "/url", { url: "about:blank" }),
  };
}
