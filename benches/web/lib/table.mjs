/** Markdown. */
import { ratio, summary } from "./stats.mjs";

export const number = (value) =>
  value >= 1000 ? Math.round(value).toLocaleString("en") : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
export const kilobytes = (bytes) => `${number(bytes / 1000)} KB`;

export function markdown({ head, rows }) {
  const align = head.map((_, i) => (i ? "---:" : "---"));
  return [head, align, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Milliseconds of every name and how many times as long as `base` it takes; `files` adds what was decoded. */
export function timesTable(times, base, files) {
  const head = ["", ...(files ? ["PSNR", "bytes"] : []), "median ms", "min", "quartiles", `times ${base}`, "of minima"];
  const rows = Object.entries(times).map(([name, values]) => {
    const { median, min, q1, q3 } = summary(values);
    const slower = ratio(values, times[base]);
    const file = files ? [files[name].psnr.toFixed(2), files[name].bytes.toLocaleString("en")] : [];
    return [name, ...file, number(median), number(min), `${number(q1)}-${number(q3)}`, number(slower.median), number(slower.ofMinima)];
  });
  return { head, rows };
}

/** Of a row { got, least | most, aim | mostAim }: what it reached. */
export function verdict({ got, least, most, aim, mostAim }) {
  const isLess = most !== undefined || mostAim !== undefined;
  const holds = (bound) => (isLess ? got <= bound : got >= bound);
  if (aim !== undefined || mostAim !== undefined) if (holds(aim ?? mostAim)) return "aim";
  if (least === undefined && most === undefined) return "";
  return holds(least ?? most) ? "must" : "MISSED";
}

const bound = (sign, value, unit) => (value === undefined ? "" : `${sign} ${value} ${unit}`.trim());

export function figures(rows) {
  const line = (row) => {
    const { what, got, unit = "", least, most, aim, mostAim } = row;
    const sign = most !== undefined || mostAim !== undefined ? "<=" : ">=";
    return [what, bound(sign, least ?? most, unit), bound(sign, aim ?? mostAim, unit), `${number(got)} ${unit}`.trim(), verdict(row)];
  };
  return markdown({ head: ["what", "must", "aim", "got", "reached"], rows: rows.map(line) });
}
