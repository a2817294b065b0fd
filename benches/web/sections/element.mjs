/** What many small boxes over a large picture cost a renderer: <vaerans-img> against <img>. */
import { settledBytes, sumOf } from "../lib/renderer.mjs";
import { LARGE, SMALL } from "../lib/sources.mjs";
import { number } from "../lib/table.mjs";
import { unwatchedPage } from "../lib/unwatched.mjs";

export const title = "Many small pictures";
export const about =
  "24 boxes of 120x120 pixels of CSS in a page, each over a large file of its own URL: PSS of all renderer processes over that of an empty page. The highest is read every 20 ms from before " +
  "the first element is made to when all are drawn, for a screenshot; the last is read after garbage was collected, the browser was told that memory is short, and the page rested for 12 seconds. " +
  "`tools/bench_web.sh --only element` makes this table.";

const MB = 1e6;
const OURS = "`<vaerans-img>`";
const NAMES = ["empty page", OURS, "own canvas, scale 1/16", "`<img>`, JPEG"];

/** { most, last, widths } of one page in a browser of its own. */
async function measured(origin, name, url, density) {
  const page = await unwatchedPage(`${origin}/element.html`, [`--force-device-scale-factor=${density}`, "--window-size=1024,768"]);
  try {
    const pids = await page.renderers();
    let most = 0;
    const watching = setInterval(() => (most = Math.max(most, sumOf(pids))), 20);
    const expression = `import("./element.js").then(({ show }) => show(${JSON.stringify({ name, url })}))`;
    const widths = await page.evaluate(expression);
    await page.send("Page.captureScreenshot"); // browsers decode an <img> when they draw it
    clearInterval(watching);
    return { most, last: await settledBytes(page, () => sumOf(pids)), widths };
  } finally {
    await page.close();
  }
}

async function offered(stage, source) {
  const page = await stage.open();
  const made = {};
  for (const [name, quality] of [
    ["vaerans", 75],
    ["jpeg", 90],
  ]) {
    const { file, pixels } = await page.workerJob("makeFile", { source, name, quality });
    stage.files[`element-${name}`] = Buffer.from(file, "base64");
    made[name] = { url: `files/element-${name}`, bytes: stage.files[`element-${name}`].length, pixels };
  }
  await page.close();
  return made;
}

export async function run({ stage, quick }) {
  const made = await offered(stage, quick ? SMALL : LARGE);
  const rows = [];
  const table = [];
  for (const density of quick ? [1] : [1, 2, 3]) {
    let empty;
    for (const name of density === 1 ? NAMES : NAMES.slice(0, 2)) {
      const { most, last, widths } = await measured(stage.server.origin, name, made[name.endsWith("JPEG") ? "jpeg" : "vaerans"].url, density);
      empty ??= { most, last };
      const over = [most - empty.most, last - empty.last].map((bytes) => number(Math.max(0, bytes) / MB));
      table.push([String(density), name, ...(name === NAMES[0] ? ["", ""] : over), widths.length ? `${Math.max(...widths)}` : ""]);
      if (name !== OURS || quick) continue;
      const what = `24 ${OURS} of 120x120 over ${(made.vaerans.pixels / 1e6).toFixed(1)} MP, ${density} pixels of the screen to one of CSS: renderer at most, over an empty page`;
      rows.push({ what, got: (most - empty.most) / MB, unit: "MB", ...(density === 1 && { most: 130 }) });
    }
  }
  return {
    rows,
    tables: [{ head: ["pixels of the screen to one of CSS", "", "highest, MB", "at rest, MB", "canvas, pixels wide"], rows: table }],
    notes: [`The files: ${number(made.vaerans.bytes / MB)} MB (.vrn), ${number(made.jpeg.bytes / MB)} MB (JPEG).`],
  };
}
