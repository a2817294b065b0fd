/** From before `import()` to the first decoded picture, in a browser context that has never seen the page. */
import { setTimeout as sleep } from "node:timers/promises";
import { equalFiles } from "../lib/files.mjs";
import { PEERS } from "../lib/peers.mjs";
import { quiet } from "../lib/quiet.mjs";
import { median, ratio } from "../lib/stats.mjs";
import { timesTable } from "../lib/table.mjs";
import { unwatchedBrowser } from "../lib/unwatched.mjs";

export const title = "Cold start";
export const about =
  "A fresh incognito context each time (no HTTP cache, no code cache), everything from localhost; the file is in memory. From before `import()` of the codec's " +
  "script to a decoded 512x512 photo that a canvas takes, the file of each codec at equal PSNR. Each begins once what Chromium does behind the opening of a page " +
  "is over, and no driver listens to the page: one that does halts every worker before it starts. Ours starts a worker unless it says otherwise, the peers run " +
  "on the page's thread unless they say otherwise. An empty worker answers when it has started, and decodes nothing.";

/** What Chromium starts behind a page that was opened, a renderer for the next one among others, has ended by then. */
const SETTLE_MS = 1000;
const SOURCE = "photos/val/cid22_1025469.png";
const IN_WORKERS = PEERS.map((peer) => `${peer}, in a worker`);
const FLOOR = "vaerans' script and an empty worker";
const NAMES = ["vaerans", "vaerans, no worker", FLOOR, ...PEERS, ...IN_WORKERS];

async function once(browser, url, name, path) {
  const page = await browser.open(url);
  try {
    await sleep(SETTLE_MS);
    await quiet();
    return await page.evaluate(`import("./client.js").then(({ page }) => page("cold", ${JSON.stringify({ name, path })}))`);
  } finally {
    await page.close();
  }
}

/** Milliseconds of each round, by name. */
async function measured(url, files, rounds) {
  const times = Object.fromEntries(NAMES.map((name) => [name, []]));
  const browser = await unwatchedBrowser();
  try {
    // The first round starts the browser's own parts.
    for (let round = -1; round < rounds; round++) {
      for (const name of NAMES) {
        const ms = await once(browser, url, name, files[name].path);
        if (round >= 0) times[name].push(ms);
      }
    }
  } finally {
    await browser.close();
  }
  return times;
}

export async function run({ stage, rounds }) {
  const page = await stage.open();
  const files = await equalFiles({ page, files: stage.files, source: SOURCE, names: PEERS });
  await page.close();
  files[FLOOR] = files.vaerans; // which it does not decode
  for (const name of NAMES) files[name] ??= files[name.split(",")[0]];
  const times = await measured(`${stage.server.origin}/index.html`, files, rounds);
  const against = (ours, peers, how, bound = { least: 1 }) => {
    const best = peers.reduce((a, b) => (median(times[a]) < median(times[b]) ? a : b));
    const what = `cold start to the first 512x512 picture against the quickest peer (${best.split(",")[0]}), ${how}`;
    return { what, got: ratio(times[best], times[ours]).median, unit: "x", ...bound };
  };
  return {
    rows: [
      against("vaerans", PEERS, "ours in its worker, the peer on the page's thread"),
      against(FLOOR, PEERS, "of that, our script and a worker that does nothing", {}),
      against("vaerans", IN_WORKERS, "each in a worker", { least: 0.9, aim: 1.1 }),
      against("vaerans, no worker", PEERS, "each on the page's thread"),
      { what: "cold start to the first 512x512 picture", got: median(times.vaerans), unit: "ms", mostAim: 25 },
    ],
    tables: [timesTable(times, "vaerans", files)],
    times,
  };
}
