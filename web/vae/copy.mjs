// What the package holds of other folders: copied here before it is packed, removed after (--remove).
import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const COPIED = {
  files: "../../python/vaerans_ecs/data/vae",
  "vae_photos.tsv": "../../python/vaerans_ecs/data/vae_photos.tsv",
  "vae1.md": "../../docs/models/vae1.md",
  NOTICE: "../../NOTICE",
  "LICENSE-MIT": "../../LICENSE-MIT",
  "LICENSE-APACHE": "../../LICENSE-APACHE",
};

for (const [name, from] of Object.entries(COPIED)) {
  rmSync(here(name), { recursive: true, force: true });
  if (!process.argv.includes("--remove")) cpSync(here(from), here(name), { recursive: true });
}
