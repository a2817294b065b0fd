/** The peers as a page gets them from a bundler: a script for each direction, their wasm files beside it. */
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const web = fileURLToPath(new URL("../../../web/", import.meta.url));

export const PEERS = ["jxl", "avif", "webp", "jpeg"];

export const versionOf = (peer) => createRequire(join(root, "package.json"))(`@jsquash/${peer}/package.json`).version;

async function wasmOf(peer) {
  const codec = join(root, "node_modules/@jsquash", peer, "codec");
  const files = await readdir(codec, { recursive: true });
  return files.filter((name) => name.endsWith(".wasm")).map((name) => join(codec, name));
}

/** Files called PEER-decode.js and PEER-encode.js in `folder`, minified by the esbuild that builds our own. */
export async function bundlePeers(folder) {
  const { build } = await import(pathToFileURL(createRequire(join(web, "package.json")).resolve("esbuild")));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const entryPoints = PEERS.flatMap((peer) =>
    ["decode", "encode"].map((direction) => ({ in: join(root, `node_modules/@jsquash/${peer}/${direction}.js`), out: `${peer}-${direction}` })),
  );
  const common = { bundle: true, minify: true, format: "esm", target: "es2022", outdir: folder, logLevel: "error", absWorkingDir: root };
  await build({ ...common, entryPoints, splitting: true, chunkNames: "[name]-[hash]" });
  for (const peer of PEERS) for (const file of await wasmOf(peer)) await cp(file, join(folder, file.split("/").at(-1)));
}
