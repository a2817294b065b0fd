/** Firefox through puppeteer-core (WebDriver BiDi, without geckodriver). */
import { findProgram } from "./find.mjs";

const program = () => findProgram(process.env.VAERANS_FIREFOX, "firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox");

/** No request of the browser's own, and everything that is not on this machine goes to the proxy that lets nothing through. */
const preferences = (proxy, colorScheme) => ({
  "network.proxy.type": 1,
  "network.proxy.http": proxy.split(":")[0],
  "network.proxy.http_port": Number(proxy.split(":")[1]),
  "network.proxy.ssl": proxy.split(":")[0],
  "network.proxy.ssl_port": Number(proxy.split(":")[1]),
  "network.proxy.allow_hijacking_localhost": false,
  "layout.css.prefers-color-scheme.content-override": colorScheme === "dark" ? 0 : 1,
  "browser.region.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
});

export const firefox = {
  missing: () => (program() ? "" : "no Firefox found (VAERANS_FIREFOX names another place)"),

  async launch({ proxy, args = [], colorScheme = "light", density = 1 }) {
    const { default: puppeteer } = await import("puppeteer-core");
    const browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: program(),
      headless: true,
      args,
      extraPrefsFirefox: preferences(proxy, colorScheme),
      defaultViewport: null,
    });
    return {
      version: (await browser.version()).replace(/^firefox\//i, ""),
      open: async (url, size) => openPage(await browser.newPage(), url, { ...size, deviceScaleFactor: density }),
      close: () => closeBrowser(browser),
    };
  },
};

async function closeBrowser(browser) {
  const child = browser.process();
  try {
    await browser.close();
  } finally {
    if (child && child.exitCode === null) child.kill("SIGKILL");
  }
}

async function openPage(page, url, size) {
  const kept = [];
  page.on("console", (message) => kept.push({ type: message.type() === "warning" ? "warn" : message.type(), text: message.text() }));
  page.on("pageerror", (error) => kept.push({ type: "exception", text: String(error?.stack ?? error) }));
  await page.setViewport(size);
  await page.goto(url);
  return {
    kind: "puppeteer",
    page,
    run: (expression) => page.evaluate(expression),
    goto: (next) => page.goto(next),
    console: async () => [...kept],
    screenshot: (path) => page.screenshot({ path }),
    close: () => page.close(),
  };
}
