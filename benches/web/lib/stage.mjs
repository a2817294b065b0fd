/** What the measurements run on: the packed package unpacked, peers bundled, a server, Chromium. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "../../../web/test/browsers/drive.mjs";
import { tarball } from "../../../web/test/browsers/project.mjs";
import { serve } from "../../../web/test/browsers/server.mjs";
import { bundlePeers } from "./peers.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
export const results = join(here, "results");
/** The package as npm would have installed it. */
export const unpacked = join(results, "package");

/** The folder with photos; VAERANS_SHARED names another one. */
export function photos() {
  for (let folder = here; folder !== dirname(folder); folder = dirname(folder)) {
    const data = join(process.env.VAERANS_SHARED ?? join(folder, "shared"), "data");
    if (existsSync(join(data, "kodak/kodim01.png"))) return data;
  }
  throw new Error("no photos: shared/data is not in any folder above; VAERANS_SHARED names it");
}

function unpack() {
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  execFileSync("tar", ["-xzf", tarball(), "-C", results]);
}

/**
 * { server, browser, files, open(options) }: `files` are served below /files/; `open` gives a page, whose `job(name, argument)`
 * runs a job of page/jobs.js in the page, and `workerJob` in a worker of it.
 */
export async function stage() {
  unpack();
  await bundlePeers(join(results, "peers"));
  const files = {};
  const mounts = (prefix, isolated) => ({
    [`${prefix}/`]: { folder: join(here, "page"), isolated },
    [`${prefix}/photos/`]: { folder: photos(), isolated },
    [`${prefix}/files/`]: { files, isolated },
    [`${prefix}/kernels/`]: { folder: join(results, "kernels"), isolated },
    [`${prefix}/peers/`]: { folder: join(results, "peers"), isolated },
    // The same files at two addresses are two copies with options of their own.
    [`${prefix}/one/`]: { folder: join(unpacked, "dist"), isolated },
    [`${prefix}/two/`]: { folder: join(unpacked, "dist"), isolated },
  });
  const server = await serve({ ...mounts("", false), ...mounts("/isolated", true) });
  const browser = await launch("chromium");
  const open = (options) => openPage(browser, server, options);
  const close = () => browser.close().finally(() => server.close());
  return { server, browser, files, open, close };
}

const LIMIT = 1_800_000;

async function openPage(browser, server, { isolated = false } = {}) {
  const page = await browser.open(`${server.origin}${isolated ? "/isolated" : ""}/index.html`);
  const run = (where) => (name, argument) => page.evaluate(CALL, { where, name, argument }, { timeout: LIMIT });
  return { ...page, job: run("page"), workerJob: run("worker") };
}

const CALL = async ({ where, name, argument }) => (await import(new URL("./client.js", location.href)))[where](name, argument);
