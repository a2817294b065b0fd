/** Empty projects with the packed package in them, as a developer would have made them. */
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd, start } from "./process.mjs";

const here = dirname(fileURLToPath(import.meta.url));

function packed(name, given) {
  const web = join(here, "../..");
  const { version } = JSON.parse(readFileSync(join(web, "package.json"), "utf8"));
  const path = resolve(given ?? join(web, `${name}-${version}.tgz`));
  if (!existsSync(path)) throw new Error(`${path} is not there: run make pack`);
  return path;
}

/** The tarball: VAERANS_TGZ, or the one that `make pack` leaves. */
export const tarball = () => packed("vaerans", process.env.VAERANS_TGZ);

/** That of the trained model: VAERANS_VAE_TGZ, or the one that `make pack` leaves. */
export const modelTarball = () => packed("vaerans-vae", process.env.VAERANS_VAE_TGZ);

/** A copy of projects/NAME over projects/common with everything installed, and these packages too. */
export async function project(name, ...more) {
  const folder = await mkdtemp(join(tmpdir(), `vaerans-${name}-`));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  try {
    for (const from of ["common", name]) {
      const source = join(here, "projects", from);
      for (const file of await readdir(source)) if (file !== "node_modules") await cp(join(source, file), join(folder, file), { recursive: true });
    }
    await npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", tarball(), ...more);
  } catch (error) {
    await remove();
    throw error;
  }
  return { name, folder, remove };
}

const npm = (folder, ...args) => runToEnd("npm", args, { cwd: folder, timeout: 240_000, step: `npm ${args[0]} in ${folder}` });

const program = (folder, name) => join(folder, "node_modules/.bin", name);
const plainOutput = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", BROWSER: "none" };

/** The bundler's build; gives the folder to serve. config: the name of another configuration file. */
export async function build({ name, folder }, config) {
  const options = { cwd: folder, env: plainOutput, step: `build ${name}` };
  const out = config ? `dist-${config}` : "dist";
  if (name === "webpack5") {
    await runToEnd(program(folder, "webpack"), config ? ["--config", config, "--output-path", join(folder, out)] : [], options);
    for (const page of (await readdir(folder)).filter((file) => file.endsWith(".html"))) await cp(join(folder, page), join(folder, out, page));
  } else {
    await runToEnd(program(folder, "vite"), ["build", "--outDir", out, ...(config ? ["--config", config] : [])], options);
  }
  return join(folder, out);
}

/** The bundler's development server; it takes a free port itself. */
export async function develop({ name, folder }, config) {
  const [bundler, ...args] =
    name === "webpack5"
      ? ["webpack", "serve", "--mode", "development"]
      : ["vite", "--host", "127.0.0.1", "--port", "41730", ...(config ? ["--config", config] : [])];
  const server = start(program(folder, bundler), args, { cwd: folder, env: plainOutput });
  try {
    const [, origin] = await server.prints(/(http:\/\/127\.0\.0\.1:\d+)/, 60_000, `start ${name}'s development server`);
    return { origin, stop: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The run times: the Node that runs the tests, and those that npm brings. */
export function runtimes() {
  const at = (path) => join(here, "node_modules", path);
  return {
    "Node 20": { program: at("node20-linux-x64/bin/node"), args: [] },
    "Node 24": { program: at("node24-linux-x64/bin/node"), args: [] },
    Deno: { program: at("deno-linux-x64/deno"), args: ["run", "--quiet", "--no-prompt", "--allow-read", "--node-modules-dir=manual", "--no-remote"] },
    Bun: { program: at("bun-linux-x64/bin/bun"), args: ["run", "--no-install"] },
  };
}

export const versionOf = ({ program }) =>
  runToEnd(program, ["--version"], { step: `version of ${program}` }).then((text) => text.match(/\d+\.\d+\.\d+/)?.[0] ?? text.trim());

/** Runs a script of the project; gives the JSON that it prints. */
export async function runScript({ folder }, { program: runtime, args }, script) {
  const text = await runToEnd(runtime, [...args, script], { cwd: folder, env: plainOutput, step: script });
  return JSON.parse(text.trim().split("\n").at(-1));
}
