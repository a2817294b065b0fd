/** docs/benchmarks/web.md from the results of the sections. */
import { PEERS, versionOf } from "./peers.mjs";
import { figures, markdown } from "./table.mjs";

const HEAD = `# Speed in the browser

Made by \`make bench-web\`: the packed package in a page, the peers in the same page. Codecs take turns (A B C A B C ...), figures are medians
of 15 rounds, ratios medians of the ratios of neighbours; beside them stand quartiles, the smallest times and the ratios of these, which is
what a machine with nothing else to do would come close to. **Equal PSNR**: ours at quality 75 sets it, and each peer's file is made at
the quality that comes nearest to it, found in the page by halving the range; PSNR is over all RGB samples.
`;

const unique = (values) => [...new Set(values)].join("; ");

/** Figures from a busy machine say so. */
function busy(load) {
  const most = Math.max(...load, 0);
  return most > 1.5 ? [`The machine had other work meanwhile: its load average was up to ${most.toFixed(1)} (ours alone is about 1).`] : [];
}

/** `missing`: names of sections that have no figures. */
export function page(sections, missing) {
  const about = (key) => unique(sections.map(({ machine }) => machine[key]));
  const peers = PEERS.map((peer) => `@jsquash/${peer} ${versionOf(peer)}`).join(", ");
  const facts = `Measured on ${about("cores")} with ${about("browser")} and ${about("node")}; ${peers}. ${unique(sections.map(({ date }) => date))}.`;
  const parts = [HEAD, facts, "## Figures", figures(sections.flatMap(({ rows }) => rows))];
  if (missing.length) parts.push(`Not measured in this state: ${missing.join(", ")}.`);
  for (const { title, about, tables, notes = [], load = [] } of sections) {
    parts.push(`## ${title}`, about);
    for (const { caption, ...table } of tables) parts.push(...(caption ? [`${caption[0].toUpperCase()}${caption.slice(1)}:`] : []), markdown(table));
    parts.push(...notes, ...busy(load));
  }
  return `${parts.join("\n\n").replaceAll("\n\n\n", "\n\n")}\n`;
}
