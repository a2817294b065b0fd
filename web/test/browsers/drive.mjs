/**
 * One small interface over three browser engines.
 *
 *   const browser = await launch("chromium");            // or "firefox", "webkit"
 *   const page = await browser.open(url);
 *   const value = await page.evaluate(async (arg) => ..., arg);   // a function or its source; JSON in, JSON out
 *   page.requests();                    // what our own servers were asked since the page was opened
 *   await page.console();               // [{ type, text }]
 *   await page.screenshot("page.png");
 *   await browser.close();              // ends every process of it; also `await using browser = await launch(...)`
 *
 * `evaluate` is not subject to the page's CSP. Every step has a time limit; its message names browser and step. One page is open at a time.
 * `browser.strays` are the page's requests for hosts other than this machine; none of them gets through.
 */
import { chromium } from "./drivers/chromium.mjs";
import { firefox } from "./drivers/firefox.mjs";
import { webkit } from "./drivers/webkit.mjs";
import { within } from "./process.mjs";
import { requestsSince } from "./server.mjs";
import { catchStrays } from "./strays.mjs";
import { existsSync } from "node:fs";

export const BROWSERS = ["chromium", "firefox", "webkit"];
const DRIVERS = { chromium, firefox, webkit };
const LIMITS = { launch: 60_000, open: 30_000, evaluate: 60_000, screenshot: 20_000, close: 15_000 };

/** What the browsers ask for themselves, whatever the page does. */
const OWN_HOSTS = /(^|\.)(googleapis\.com|google\.com|gstatic\.com|gvt1\.com|mozilla\.(com|net|org)|firefox\.com|webkitgtk\.org)(:\d+)?$/;

/** Why tests of a browser are skipped: for `test(..., { skip: whyNot("webkit") }, ...)`. Where it can be installed, it has to be there. */
export function whyNot(name) {
  const reason = DRIVERS[name].missing();
  const isRequired = process.platform === "linux" && process.getuid?.() === 0 && existsSync("/etc/debian_version");
  if (!reason || isRequired) return false;
  return `${name} is not here: ${reason}; tools/browsers.sh installs it on Debian and Ubuntu`;
}

/**
 * options: args (more command-line arguments), colorScheme "light" | "dark", density (pixels of the screen to one of CSS), limits ({ evaluate: ms, ... }).
 */
export async function launch(name, options = {}) {
  const driver = DRIVERS[name];
  if (!driver) throw new Error(`no browser called "${name}": ${BROWSERS.join(", ")}`);
  const missing = driver.missing();
  if (missing) throw new Error(`${name}: ${missing}; run tools/browsers.sh`);
  const limits = { ...LIMITS, ...options.limits };
  const strays = await catchStrays();
  const step = (what, promise, ms = limits[what]) => within(ms, `${name}: ${what}`, promise);
  const close = async (native) => {
    await step("close", native?.close() ?? Promise.resolve()).finally(() => strays.close());
  };
  const launching = driver.launch({ ...options, proxy: strays.address });
  const native = await step("launch", launching).catch(async (error) => {
    launching.then((late) => late.close()).catch(() => {});
    await strays.close();
    throw error;
  });
  const browser = {
    name,
    version: native.version,
    get strays() {
      return strays.hosts.filter(({ host }) => !OWN_HOSTS.test(host));
    },
    async open(url, { width = 1024, height = 768 } = {}) {
      const opened = performance.now();
      const page = await step(`open ${url}`, native.open(url, { width, height }), limits.open);
      return pageOf(page, { name, step, limits, opened });
    },
    close: () => close(native),
    [Symbol.asyncDispose]: () => close(native),
  };
  return browser;
}

function pageOf(native, { name, step, limits, opened }) {
  return {
    /** The driver's own page, for what only one browser can do: { kind: "playwright" | "puppeteer" | "webdriver", ... } */
    native,
    async evaluate(source, arg, { timeout = limits.evaluate } = {}) {
      const answer = JSON.parse(await step("evaluate", native.run(expressionOf(source, arg)), timeout));
      if (answer.thrown) throw Object.assign(new Error(`${name}: ${answer.thrown.name}: ${answer.thrown.message}`), { thrown: answer.thrown });
      return answer.value;
    },
    goto: (url) => step(`open ${url}`, native.goto(url), limits.open),
    requests: () => requestsSince(opened),
    console: () => step("console", native.console(), limits.evaluate),
    screenshot: (path) => step("screenshot", native.screenshot(path), limits.screenshot),
    close: () => step("close", native.close(), limits.close),
  };
}

/** A promise of JSON text: `{ value }` or `{ thrown: { name, message, code, stack } }`. */
function expressionOf(source, arg) {
  return `(async () => {
    try {
      return JSON.stringify({ value: await (${source})(${JSON.stringify(arg)}) }) ?? "{}";
    } catch (error) {
      return JSON.stringify({ thrown: { name: error?.name ?? typeof error, message: String(error?.message ?? error), code: error?.code, stack: String(error?.stack ?? "") } });
    }
  })()`;
}
