/** Chromium through playwright-core (DevTools protocol). */
import { findProgram } from "./find.mjs";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const program = () =>
  findProgram(process.env.VAERANS_CHROMIUM, "chromium", "chromium-browser", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");

export const chromium = {
  missing: () => (program() ? "" : "no Chromium found (VAERANS_CHROMIUM names another place)"),

  async launch({ proxy, args = [], colorScheme = "light", density = 1 }) {
    const { chromium: playwright } = await import("playwright-core");
    const browser = await playwright.launch({
      executablePath: program(),
      headless: true,
      args: [...ARGS, ...args],
      proxy: { server: proxy, bypass: "127.0.0.1,localhost" },
    });
    return {
      version: browser.version(),
      open: async (url, { width, height }) => {
        const context = await browser.newContext({ viewport: { width, height }, colorScheme, deviceScaleFactor: density });
        const page = await context.newPage();
        return openPage(context, page, url);
      },
      close: () => browser.close(),
    };
  },
};

async function openPage(context, page, url) {
  const kept = [];
  page.on("console", (message) => kept.push({ type: message.type() === "warning" ? "warn" : message.type(), text: message.text() }));
  page.on("pageerror", (error) => kept.push({ type: "exception", text: String(error.stack ?? error) }));
  const devtools = await context.newCDPSession(page);
  await page.goto(url);
  return {
    kind: "playwright",
    page,
    context,
    devtools,
    async run(expression) {
      const { result, exceptionDetails } = await devtools.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(`chromium: evaluate: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
      return result.value;
    },
    goto: (next) => page.goto(next),
    console: async () => [...kept],
    screenshot: (path) => page.screenshot({ path }),
    close: () => context.close(),
  };
}
