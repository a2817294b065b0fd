/** Files of one picture by every codec at equal PSNR. Searching takes minutes, so that what was found is kept. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PEERS, versionOf } from "./peers.mjs";
import { results } from "./stage.mjs";

/** Ours at this quality sets the PSNR. */
export const QUALITY = 75;

const peerOf = (name) => PEERS.find((peer) => name.startsWith(peer));

async function kept(page, order) {
  const key = createHash("sha256")
    .update(JSON.stringify([order, versionOf(peerOf(order.name))]))
    .digest("hex")
    .slice(0, 20);
  const path = join(results, "files", `${key}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8"));
  const made = await page.workerJob("makeFile", order);
  mkdirSync(join(results, "files"), { recursive: true });
  writeFileSync(path, JSON.stringify(made));
  return made;
}

/**
 * { name: { quality, psnr, bytes, path } }, each served below files/. `near`: such an answer for a similar picture; then the search
 * stays within two steps of its qualities.
 */
export async function equalFiles({ page, files, source, names, near }) {
  const id = createHash("sha256").update(JSON.stringify(source)).digest("hex").slice(0, 8);
  const ours = await page.workerJob("makeFile", { source, name: "vaerans", quality: QUALITY });
  const target = Number(ours.psnr.toFixed(3));
  const found = { vaerans: ours };
  for (const name of names.filter(peerOf)) {
    const start = near?.[name].quality;
    const range = start ? [Math.max(1, start - 2), Math.min(100, start + 2)] : [1, 100];
    found[name] = await kept(page, { source, name, target, range });
  }
  return Object.fromEntries(Object.entries(found).map(([name, { file, ...about }]) => [name, { ...about, ...offer(files, `${id}-${name}`, file) }]));
}

function offer(files, label, base64) {
  const name = label.replace(/[^\w-]/g, "");
  files[name] = Buffer.from(base64, "base64");
  return { bytes: files[name].length, path: `files/${name}` };
}
