/** What is printed. Every line goes through `visible`: no name and no message moves a cursor. */
import { shown, visible } from "./names.mjs";

const NAME = "vaerans-encode: ";

/** Whoever reads has left, or nobody ever did: the pictures are coded all the same. Another error of standard output is told. */
export function guardStreams() {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error) => {
    if (error.code === "EPIPE") return;
    complain(`unavailable.file: standard output: cannot write: ${error.message}`);
    process.exitCode ||= 1;
  });
}

export const complain = (line) => void process.stderr.write(`${NAME}${visible(line)}\n`);
export const say = (lines) => void process.stdout.write(lines.map((line) => `${visible(line)}\n`).join(""));

/** A line that is written over by the next; `undefined` takes it away. */
export function live(line) {
  const width = process.stderr.columns || 80;
  process.stderr.write(`\r\x1b[K${line === undefined ? "" : visible(line).slice(0, width - 1)}`);
}

const bytesText = (n) => (n < 10_000 ? `${n} B` : n < 10_000_000 ? `${(n / 1000).toFixed(1)} kB` : `${(n / 1e6).toFixed(1)} MB`);

function row({ label, result }) {
  if (!result) return [label, "not done"];
  if (result.code) return [label, "failed"];
  if (result.kept) return [label, "kept"];
  const { size, before, after, pixels, ms } = result;
  const figures = [`${((100 * after) / before).toFixed(0)} %`, ((8 * after) / pixels).toFixed(2), `${ms.toFixed(0)} ms`];
  return [label, size, bytesText(before), bytesText(after), ...figures];
}

/** A name that leaves room for the figures beside it. */
const cut = (name, most = 60) => (name.length <= most ? name : `${name.slice(0, most / 2)}...${name.slice(3 - most / 2)}`);

/** Lines of a table with what became of each job. */
export function table(jobs) {
  const rows = jobs.map(({ name, result }) => row({ label: cut(shown(name)), result }));
  const done = jobs.map(({ result }) => result).filter((result) => result?.after);
  const sum = (key) => done.reduce((total, result) => total + result[key], 0);
  const all = { size: "", before: sum("before"), after: sum("after"), pixels: sum("pixels"), ms: sum("ms") };
  if (done.length > 1) rows.push(row({ label: `${done.length} files`, result: all }));
  rows.unshift(["file", "pixels", "before", "after", "of it", "bits/pixel", "time"]);
  const widths = rows[0].map((_, i) => rows.reduce((most, cells) => Math.max(most, (cells[i] ?? "").length), 0));
  const line = (cells) => cells.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i])));
  return rows.map((cells) => line(cells).join("  ").trimEnd());
}
