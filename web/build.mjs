// Builds web/dist: `node build.mjs [--wasm DIR] [--out DIR]`. DIR holds NAME-VARIANT.{js,wasm} as `make wasm` leaves them.
// --networks: what a page of vaerans/nn asks for, and nothing else, with a list of it (manifest.json): exported networks carry these files.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { minify } from "terser";
import { glue, sameGlue, shortNames } from "./tools/glue.mjs";
import { report } from "./tools/sizes.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { wasm: { type: "string" }, out: { type: "string" }, networks: { type: "boolean" }, quiet: { type: "boolean" } } });
const wasm = resolve(values.wasm ?? join(here, "build/wasm"));
const out = resolve(values.out ?? join(here, "dist"));
const src = (name) => join(here, "src", `${name}.ts`);

const alone = values.networks ?? false;
const threads = existsSync(join(wasm, alone ? "engine-threads.js" : "decoder-threads.js"));
const pipes = existsSync(join(wasm, "pipe-simd.js"));
const readers = existsSync(join(wasm, "reader-simd.js"));
const networks = existsSync(join(wasm, "engine-simd.js"));
const learned = existsSync(join(wasm, "learned-simd.js"));
const vae = existsSync(join(wasm, "vae-simd.js")) && existsSync(join(wasm, "vaeencoder-simd.js"));

const common = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  outdir: out,
  legalComments: "none",
  sourcemap: alone ? false : "external",
  logLevel: "warning",
  external: ["./inline/*", "node:*"],
  plugins: [glue(wasm)],
  define: { THREADS: String(threads), PIPES: String(pipes), VAE: String(vae), SHARED: "false", COPIES: String(!alone) },
};

/** Replaces host.ts, and nn-host.ts, by what `name` says. */
const hostOf = (name) => ({
  name,
  setup: (b) => b.onResolve({ filter: /\/(nn-)?host\.js$/ }, () => ({ path: src(name) })),
});

/** Replaces host.ts by host-node.ts. */
const nodeHost = {
  name: "node-host",
  setup(b) {
    b.onResolve({ filter: /\/host\.js$/ }, () => ({ path: src("host-node") }));
    b.onResolve({ filter: /\/(pipe|vae|vae-encoder)-host\.js$/ }, ({ path }) => ({ path: src(path.slice(2, -3) + "-node") }));
  },
};

/** In a service worker nothing is imported on demand: what starts workers and stand-ins is left out. */
const serviceHost = {
  name: "service-host",
  setup: (b) => b.onResolve({ filter: /\/vae-host\.js$/ }, () => ({ path: src("vae-host-sw") })),
};

/** What there is once in a page, or in Node: the API's state, and the class that `instanceof` is asked about. */
const ONCE = /\/(index|vaerans-error)\.js$/;

/** A page's own entries import that from index.js, a file beside them. */
const besideIndex = {
  name: "beside-index",
  setup: (b) => b.onResolve({ filter: ONCE }, () => ({ path: "./index.js", external: true })),
};

/** The same for what runs without a browser. */
const besideNode = {
  name: "beside-node",
  setup(b) {
    b.onResolve({ filter: ONCE }, () => ({ path: "./node.js", external: true }));
    b.onResolve({ filter: /\/(pipe|learned)-host\.js$/ }, ({ path }) => ({ path: src(path.slice(2, -3) + "-node") }));
  },
};

/** What stands in for a worker on the calling thread. */
const STAND_INS = ["local", "local-encoder", ...(vae ? ["local-vae", "local-vae-encoder"] : [])];

/** What index.js imports on demand, in an order in which each comes after those that it imports itself. */
const CHUNKS = ["rare", "threads", "space", ...(vae ? ["vae", "vae-encode"] : []), ...(pipes || vae ? ["full"] : []), "encode", "split", "progressive"];
/** Of a chunk whose file is called otherwise. */
const sourceOf = (name) => (name === "full" && !pipes ? "full-decode" : name);

/** Builds one chunk, in a file with a hash in its name: a page that was loaded before a new release must not get that one's. */
async function chunk(name, options, file = name) {
  const { metafile } = await build({ ...common, ...options, entryPoints: [{ in: src(file), out: name }], entryNames: "[name]-[hash]", metafile: true });
  return Object.keys(metafile.outputs)
    .find((file) => file.endsWith(".js"))
    .split("/")
    .pop();
}

/** Imports on demand of what `files` has a built file for. */
const onDemand = (files) => ({
  name: "on-demand",
  setup: (b) =>
    b.onResolve({ filter: /./ }, ({ kind, path }) => (kind === "dynamic-import" && files.has(path) ? { path: files.get(path), external: true } : undefined)),
});

/** The chunks of vaerans/decode, by the names that they are imported by. */
const LEAN = {
  rare: "rare-decode",
  threads: "threads",
  space: "space",
  ...(vae && { vae: "vae", full: "full-decode" }),
  split: "split",
  progressive: "progressive",
};

/** vaerans/decode and vaerans/decode/img: for pages that show pictures alone. What these never load is no asset of a bundler's. */
async function lean() {
  // No encoder: what api.ts imports for it goes with the function that does.
  const files = new Map(["local", "local-vae", "encode"].map((name) => [`./${name}.js`, `./${name}.js`]));
  const define = { ...common.define, THREADS: "false", PIPES: "false" };
  const plugins = [onDemand(files), ...common.plugins];
  for (const [name, file] of Object.entries(LEAN)) files.set(`./${name}.js`, `./${await chunk(`decode-${name}`, { define, plugins }, file)}`);
  await build({ ...common, define, entryPoints: [src("decode")], plugins });
  const beside = { name: "beside-decode", setup: (b) => b.onResolve({ filter: ONCE }, () => ({ path: "./decode.js", external: true })) };
  await build({ ...common, define, entryPoints: [{ in: src("img"), out: "decode-img" }], plugins: [beside, ...common.plugins] });
  // In Node it is a part of the one script: the same names as in a page, and no second state.
  const all = { name: "of-node", setup: (b) => b.onResolve({ filter: /^\.\// }, () => ({ path: "./node.js", external: true })) };
  await build({ ...common, entryPoints: [{ in: src("decode"), out: "decode-node" }], plugins: [all] });
}

/**
 * Scripts. Each worker is one file without imports, because bundlers make a worker of a single file. So is each chunk of the page, and
 * what stands in for a worker: parts that several share would be requests of their own, and where a chunk imports the script that
 * imports it, Vite makes no classic worker of them (as it does of a page's own worker that imports the package).
 */
async function scripts() {
  const workers = [
    "worker",
    "encoder-worker",
    ...(vae ? ["vae-worker", "vae-encoder-worker"] : []),
    ...(threads ? ["worker-threads", "encoder-worker-threads"] : []),
  ];
  for (const name of workers) {
    await build({ ...common, entryPoints: [src(name)], define: { ...common.define, SHARED: String(name.endsWith("threads")) } });
  }
  const files = new Map(STAND_INS.map((name) => [`./${name}.js`, `./${name}.js`]));
  const page = [onDemand(files), ...common.plugins];
  for (const name of STAND_INS) await build({ ...common, entryPoints: [src(name)], plugins: page });
  for (const name of CHUNKS) files.set(`./${name}.js`, `./${await chunk(name, { plugins: page }, sourceOf(name))}`);
  await build({ ...common, entryPoints: [src("index")], plugins: page });
  await build({ ...common, entryPoints: [{ in: src("index"), out: "node" }], plugins: [nodeHost, ...common.plugins] });
  if (vae) await build({ ...common, entryPoints: [src("sw-vae")], plugins: [serviceHost, ...common.plugins] });
  for (const name of ["img", "sw"])
    await build({ ...common, entryPoints: [src(name)], plugins: [...(name === "img" ? [besideIndex] : []), ...common.plugins] });
  if (readers) await build({ ...common, entryPoints: [src("reader")], plugins: [besideNode, ...common.plugins] });
  for (const name of [pipes && "pipe", learned && "learned"].filter(Boolean)) {
    await build({ ...common, entryPoints: [src(name)], plugins: [besideIndex, ...common.plugins] });
    await build({ ...common, entryPoints: [{ in: src(name), out: `${name}-node` }], plugins: [besideNode, ...common.plugins] });
  }
}

/** vaerans/nn: the loader, workers and slots of the codec around modules of its own. Its page loads no script of the codec's. */
async function nn() {
  const workers = ["nn-worker", ...(threads ? ["nn-worker-threads"] : [])];
  for (const name of workers) {
    await build({ ...common, entryPoints: [src(name)], define: { ...common.define, SHARED: String(name.endsWith("threads")) } });
  }
  await build({ ...common, entryPoints: [src("nn-local")] });
  const files = new Map([["./nn-local.js", "./nn-local.js"]]);
  const plugins = [hostOf("nn-host"), onDemand(files), ...common.plugins];
  for (const [name, file] of Object.entries({ file: "nn-file", rare: "nn-rare", threads: "threads" }))
    files.set(`./${file}.js`, `./${await chunk(`nn-${name}`, { plugins }, file)}`);
  await build({ ...common, entryPoints: [src("nn")], plugins });
  if (!alone) await build({ ...common, entryPoints: [{ in: src("nn"), out: "nn-node" }], plugins: [hostOf("nn-host-node"), besideNode, ...common.plugins] });
}

/** A map's names of sources: as from dist, wherever that is built, and no place of this machine. Their text is in the map. */
const sourceName = (path) => path.replace(/^glue:(.*)/, "../wasm/$1.js").replace(/^.*\/(?=src\/)/, "../");

/** Makes the scripts smaller still: unlike esbuild, terser puts functions that are called once where they are called. */
async function shrink() {
  for (const name of readdirSync(out).filter((name) => name.endsWith(".js"))) {
    const file = join(out, name);
    const content = alone ? undefined : JSON.parse(readFileSync(`${file}.map`, "utf8"));
    if (content) content.sources = content.sources.map(sourceName);
    const { code, map } = await minify(readFileSync(file, "utf8"), {
      module: true,
      ecma: 2020,
      compress: { passes: 3, keep_fargs: false, pure_getters: true, unsafe_arrows: true },
      ...(content && { sourceMap: { content, url: `${name}.map`, includeSources: true } }),
    });
    writeFileSync(file, code);
    if (map) writeFileSync(`${file}.map`, map);
  }
}

/** The wasm files, and the same as scripts for servers that do not hand them out. */
function modules() {
  for (const folder of alone ? ["wasm"] : ["wasm", "inline"]) mkdirSync(join(out, folder), { recursive: true });
  for (const file of readdirSync(wasm).filter((name) => name.endsWith(".wasm") && (!alone || name.startsWith("engine-")))) {
    const bytes = Buffer.from(shortNames(readFileSync(join(wasm, file), "latin1")), "latin1");
    writeFileSync(join(out, "wasm", file), bytes);
    if (alone) continue;
    if (/^(reader|learned|vae|engine-(relaxed|threads|extra))/.test(file)) continue; // no script asks for a copy of theirs
    writeFileSync(join(out, "inline", file.replace(/wasm$/, "js")), `export default"${bytes.toString("base64")}"\n`);
  }
}

/** Which pages want a file, by its name: all, those with SIMD, those with threads. */
const variantOf = (name) => (/threads/.test(name) ? "threads" : /engine-(simd|relaxed|extra)/.test(name) ? "simd" : "all");

/** The files of a page with networks, each with who wants it; last, so that a folder with a list is whole. */
function manifest() {
  const names = readdirSync(out, { recursive: true }).map((name) => name.replaceAll("\\", "/"));
  const files = names.filter((name) => /\.(js|wasm)$/.test(name)).sort();
  const rows = files.map((name) => ({ name, variant: variantOf(name) }));
  writeFileSync(join(out, "manifest.json"), `${JSON.stringify({ files: rows }, null, 1)}\n`);
}

/** Styles and types that a page may link or name. */
function extras() {
  cpSync(join(here, "src/img.css"), join(out, "img.css"));
  cpSync(join(here, "jsx"), out, { recursive: true });
  for (const name of ["jsx.js", "img.css.d.ts"]) writeFileSync(join(out, name), "export {};\n");
}

/** Declarations, those alone that an entry leads to. */
function types() {
  const all = mkdtempSync(join(here, ".types-"));
  try {
    execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "-p", here, "--outDir", all], { stdio: "inherit" });
    const seen = new Set();
    const copyWithImports = (name) => {
      const file = join(all, `${name}.d.ts`);
      if (seen.has(name) || !existsSync(file)) return;
      seen.add(name);
      cpSync(file, join(out, `${name}.d.ts`));
      for (const [, next] of readFileSync(file, "utf8").matchAll(/from ?"\.\/([\w-]+)\.js"/g)) copyWithImports(next);
    };
    for (const entry of ["index", "decode", "pipe", "nn", "learned", "img", "sw", "sw-vae"]) copyWithImports(entry);
  } finally {
    rmSync(all, { recursive: true });
  }
}

if (!existsSync(wasm) || (alone && !networks)) throw new Error(`${wasm} is not there, or has no engine: run \`make wasm\` first`);
rmSync(out, { recursive: true, force: true });
sameGlue(wasm);
modules();
if (alone) {
  await nn();
  await shrink();
  manifest();
} else {
  await scripts();
  await lean();
  if (networks) await nn();
  await shrink();
  types();
  extras();
  if (!values.quiet) report(out);
}
