/**
 * Prints the tables of web/docs/browsers.md from what passed in the last whole run of compat.test.mjs (results/compat.json);
 * with --write puts them there.
 */
import { readFileSync, writeFileSync } from "node:fs";
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

export const PAGE = new URL("../../docs/browsers.md", import.meta.url);

const isRow = (line) => line.startsWith("| ");

/** The lines of the table that begins with `head`: [first, after the last]. */
function tableAt(lines, head) {
  const first = lines.findIndex((line) => line.startsWith(`| ${head} |`));
  const length = lines.slice(first).findIndex((line) => !isRow(line));
  return [first, first + length];
}

/** The rows of features that a page has, as lists of cells. */
export function features(page) {
  const lines = page.split("\n");
  const [first, end] = tableAt(lines, "Feature");
  return lines.slice(first + 2, end).map((line) =>
    line
      .slice(2, -2)
      .split(" | ")
      .map((cell) => cell.trim()),
  );
}

/** The page with other tables in the place of these two. */
export function withTables(page, tables) {
  const lines = page.split("\n");
  return [...lines.slice(0, tableAt(lines, "Feature")[0]), tables.trimEnd(), ...lines.slice(tableAt(lines, "Run time")[1])].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const made = table(JSON.parse(readFileSync(new URL("./results/compat.json", import.meta.url), "utf8")));
  if (process.argv.includes("--write")) writeFileSync(PAGE, withTables(readFileSync(PAGE, "utf8"), made));
  else process.stdout.write(made);
}
