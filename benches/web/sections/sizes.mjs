/** What a page fetches to decode, and then to encode: taken from the server's log, packed with brotli as a server would. */
import { join } from "node:path";
import { sizes as packed } from "../../../web/tools/sizes.mjs";
import { PEERS } from "../lib/peers.mjs";
import { results, unpacked } from "../lib/stage.mjs";
import { kilobytes } from "../lib/table.mjs";

export const title = "Bytes that a page fetches";
export const about =
  "Scripts (minified; the peers' bundled by the esbuild that builds ours) and wasm, brotli 11. The encoder is what comes on top of the decoder.";

const SOURCE = "photos/kodak/kodim23.png";

function fileOf(path) {
  const [, folder, name] = path.match(/^\/(one|peers)\/(.+)$/) ?? [];
  return folder && join(folder === "one" ? join(unpacked, "dist") : join(results, "peers"), name);
}

/** { js, wasm } in bytes of brotli of the files that were fetched. */
function weigh(requests) {
  const total = { js: 0, wasm: 0 };
  for (const file of new Set(requests.map(({ path }) => fileOf(path)).filter(Boolean))) total[file.endsWith(".wasm") ? "wasm" : "js"] += packed(file)[2];
  return total;
}

async function fetchedBy(stage, name) {
  const made = await stage.open();
  const { file } = await made.job("makeFile", { source: SOURCE, name, quality: 60 });
  await made.close();
  stage.files.small = Buffer.from(file, "base64");
  const page = await stage.open();
  await page.job("decode", { files: { [name]: "files/small" }, rounds: 1, warm: 0, warmMs: 0 });
  const decoder = page.requests();
  await page.job("encode", { source: SOURCE, qualities: { [name]: 60 }, rounds: 1, warm: 0, warmMs: 0 });
  const seen = new Set(decoder.map(({ path }) => path));
  const encoder = page.requests().filter(({ path }) => !seen.has(path));
  await page.close();
  return { decoder: weigh(decoder), encoder: weigh(encoder) };
}

export async function run({ stage }) {
  const found = {};
  for (const name of ["vaerans", ...PEERS]) found[name] = await fetchedBy(stage, name);
  const { decoder, encoder } = found.vaerans;
  return {
    rows: [
      { what: "decoder wasm (simd128), brotli", got: decoder.wasm / 1000, unit: "KB", most: 102, aim: 90 },
      { what: "JS of the page that decodes, brotli", got: decoder.js / 1000, unit: "KB", most: 6.15, aim: 5 },
      { what: "encoder on top (wasm), brotli", got: encoder.wasm / 1000, unit: "KB", most: 90, aim: 60 },
    ],
    tables: [
      {
        head: ["", "decoder wasm", "its JS", "encoder wasm", "its JS"],
        rows: Object.entries(found).map(([name, { decoder, encoder }]) => [name, ...[decoder.wasm, decoder.js, encoder.wasm, encoder.js].map(kilobytes)]),
      },
    ],
  };
}
