/** A file of the learned codec against ONNX Runtime Web, which runs the codec's decoder alone on as large a latent. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { native } from "../lib/native.mjs";
import { inRounds } from "../lib/quiet.mjs";
import { photos, results } from "../lib/stage.mjs";
import { ratio } from "../lib/stats.mjs";
import { timesTable } from "../lib/table.mjs";

export const title = "The learned codec";
export const about =
  "kodim15 (768x512) at 0.4 bpp. Ours is `decode` of `vaerans` as a page calls it, in its worker on one thread, in strict mode: entropy decoding, the network " +
  "and the way of the pixels to the page. The peer is onnxruntime-web on the page's thread, one thread too, and runs the decoder's network alone: what an entropy decoder " +
  "of its own would take is not in its time.";

const root = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const SOURCE = "kodak/kodim15.png";
const BYTES = Math.floor((0.4 * 768 * 512) / 8);

export async function run({ stage, rounds }) {
  const [peers, model] = [root("benches/network/web/node_modules/onnxruntime-web/dist"), join(photos(), "../models/vae1")];
  if (!existsSync(peers)) throw new Error("onnxruntime-web is not there: tools/npm_ci.sh benches/network/web");
  mkdirSync(join(results, "files"), { recursive: true });
  const path = join(results, "files", "learned.vrn");
  const python = await native();
  const bytes = await python.ask({ op: "make", source: join(photos(), SOURCE), path, bytes: BYTES });
  python.end();
  stage.files["learned.vrn"] = readFileSync(path);
  stage.server.mount("/ort/", { folder: peers });
  stage.server.mount("/onnx/", { folder: model });
  stage.server.mount("/vae/", { folder: root("python/vaerans_ecs/data/vae") });
  const page = await stage.open();
  const times = await inRounds(page.job, "learned", { path: "files/learned.vrn" }, rounds);
  await page.close();
  const { ofMinima } = ratio(times["onnxruntime-web, its network"], times.vaerans);
  return {
    rows: [{ what: "decode a learned file of 768x512 against onnxruntime-web's run of its network", got: ofMinima, unit: "x", least: 1.7 }],
    tables: [timesTable(times, "vaerans")],
    notes: [`The file has ${bytes.toLocaleString("en")} bytes.`],
    times,
  };
}
