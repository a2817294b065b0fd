/** Prints the table of docs/browsers.md from what passed in the last whole run of compat.test.mjs (results/compat.json). */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { BROWSERS } from "./drive.mjs";

const NAMES = { chromium: "Chromium", firefox: "Firefox", webkit: "WebKitGTK" };

/** passed: [{ feature, browser, version }] -> Markdown, one row a feature, one column a browser; then one row a run time. */
export function table(passed) {
  const browsers = BROWSERS.filter((browser) => passed.some((one) => one.browser === browser));
  const versionOf = (browser) => passed.find((one) => one.browser === browser).version;
  const rows = (list) => [...new Set(list.map((one) => one.feature))];
  const inBrowsers = passed.filter((one) => BROWSERS.includes(one.browser));
  const elsewhere = passed.filter((one) => !BROWSERS.includes(one.browser));
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const mark = (feature, browser) => (passed.some((one) => one.feature === feature && one.browser === browser) ? "tested here" : "");
  return [
    line(["Feature", ...browsers.map((browser) => `${NAMES[browser]} ${versionOf(browser)}`)]),
    line(["---", ...browsers.map(() => "---")]),
    ...rows(inBrowsers).map((feature) => line([feature, ...browsers.map((browser) => mark(feature, browser))])),
    "",
    line(["Run time", "Version", "Tested here"]),
    line(["---", "---", "---"]),
    ...[...new Set(elsewhere.map((one) => one.browser))].map((name) => {
      const own = elsewhere.filter((one) => one.browser === name);
      return line([name.replace(/ \d+$/, ""), own[0].version, rows(own).join("; ")]);
    }),
    "",
  ].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(table(JSON.parse(readFileSync(new URL("./results/compat.json", import.meta.url), "utf8"))));
}
