// Builds the demo page from web/demo and web/dist into web/build/demo and serves it: `node tools/demo_web.mjs [--check] [--port N]
// [--home URL]`. The folder is static: any server will do. --home: the project's own page, which about.html then links to.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const web = fileURLToPath(new URL("../web", import.meta.url));
const out = join(web, "build/demo");
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".bin": "application/octet-stream",
};

/** What the page does not use: pipes, threads, networks of one's own, Node, declarations, and wasm written as scripts. */
const isUsed = (path) => !/pipe|threads|learned|engine|reader|^nn[-.]|^decode[-.]|node\.js$|\.d\.ts$|\.map$|[\\/]inline|^sw/.test(relative(join(web, "dist"), path));

const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(folder, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join("/"),
    )
    .sort();

function linkHome(home) {
  const page = join(out, "about.html");
  const url = home && new URL(home).href.replaceAll("&", "&amp;").replaceAll('"', "%22");
  const link = url ? `<p>The project: <a href="${url}">${url}</a></p>` : "";
  writeFileSync(
    page,
    readFileSync(page, "utf8").replace("<!-- home -->", () => link),
  );
}

export function build(home = "") {
  if (!existsSync(join(web, "dist/index.js"))) throw new Error("web/dist is not there: run `make pack` first");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  cpSync(join(web, "demo"), out, { recursive: true });
  cpSync(join(web, "dist"), join(out, "vaerans"), { recursive: true, filter: isUsed });
  cpSync(fileURLToPath(new URL("../python/vaerans_ecs/data/vae", import.meta.url)), join(out, "vaerans/vae"), { recursive: true });
  linkHome(home);
  const files = filesOf(out).filter((name) => name !== "sw.js");
  const hash = createHash("sha256");
  for (const name of [...files, "sw.js"]) hash.update(name).update(readFileSync(join(out, name)));
  const head = `const VERSION = "${hash.digest("hex").slice(0, 12)}";\nconst FILES = ${JSON.stringify(["./", ...files])};\n`;
  writeFileSync(join(out, "sw.js"), head + readFileSync(join(out, "sw.js"), "utf8"));
  return out;
}

function answer(request, response) {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname).replace(/\/$/, "/index.html");
  const file = resolve(out, `.${path}`);
  const type = TYPES[extname(file)];
  if (!file.startsWith(out + sep) || !type || !existsSync(file)) return response.writeHead(404).end("not found");
  response.writeHead(200, { "content-type": type, "cache-control": "no-cache" }).end(readFileSync(file));
}

function main() {
  const { values } = parseArgs({ options: { check: { type: "boolean" }, port: { type: "string", default: "8085" }, home: { type: "string" } } });
  build(values.home);
  const files = filesOf(out);
  if (values.check) return console.log(`web/build/demo: ${files.length} files`);
  const server = createServer(answer);
  server.on("error", (error) => {
    console.error(`cannot serve on port ${values.port}: ${error.message}; another one: node tools/demo_web.mjs --port 8090`);
    process.exitCode = 1;
  });
  server.listen(Number(values.port), "127.0.0.1", () => console.log(`the demo page: http://localhost:${server.address().port}/  (Ctrl-C ends it)`));
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main();
