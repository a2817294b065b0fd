/**
 * A static server on 127.0.0.1 whose every mount can be made strict, foreign or faulty, and which keeps a log of requests:
 * the network log of the tests, the same in every browser.
 *
 *   const server = await serve({ "/": { folder, isolated: true, csp: true } });
 *   server.origin; server.log; server.mount("/cdn/", { folder, cors: true }); await server.close();
 *
 * A mount:
 *   folder | files | proxy   a folder, an object { "index.html": text or bytes }, or the origin of another server
 *   isolated                 COOP and COEP: the page is cross-origin isolated
 *   csp                      true: the policy that the package asks for; or a policy of its own
 *   cors                     may be used from another origin
 *   headers                  more headers
 *   fault(path)              { cut: n } ends the connection after n bytes; { html: true } answers 200 with a page;
 *                            { trickle: { bytes, ms } } sends so many bytes at a time, with { pause } more ms behind the first of
 *                            them; { status: n }
 */
import { createServer, request as httpRequest } from "node:http";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { extname, join, normalize, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const CSP = "script-src 'self' 'wasm-unsafe-eval'";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".wasm": "application/wasm",
  ".vrn": "image/x-vaerans",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
};

const NOT_FOUND_PAGE = "<!doctype html><title>not the file you asked for</title><p>single page application</p>";

/** The script that keeps the console of a page whose browser does not tell it (WebKitWebDriver). */
const CONSOLE_SCRIPT = `(() => {
  const kept = (globalThis.__console = []);
  const text = (value) => (value instanceof Error ? String(value.stack || value) : typeof value === "string" ? value : JSON.stringify(value) ?? String(value));
  for (const type of ["log", "info", "warn", "error", "debug"]) {
    const original = console[type];
    console[type] = (...values) => { kept.push({ type, text: values.map(text).join(" ") }); original.apply(console, values); };
  }
  addEventListener("error", (event) => kept.push({ type: "exception", text: event.message || "resource failed: " + (event.target?.src || "") }), true);
  addEventListener("unhandledrejection", (event) => kept.push({ type: "exception", text: text(event.reason) }));
})();`;
const CONSOLE_PATH = "/__harness/console.js";

const running = new Set();

/** What every server of this process was asked since `time`, in order. */
export function requestsSince(time) {
  return [...running]
    .flatMap((server) => server.log)
    .filter((entry) => entry.time >= time)
    .sort((a, b) => a.time - b.time);
}

export async function serve(mounts = {}) {
  const table = new Map(Object.entries(mounts));
  const log = [];
  const http = createServer((request, response) => {
    const url = new URL(request.url, "http://127.0.0.1");
    const entry = {
      time: performance.now(),
      origin: server.origin,
      method: request.method,
      path: url.pathname,
      query: url.search,
      status: 0,
      bytes: 0,
      state: "open",
    };
    log.push(entry);
    response.once("close", () => (entry.state = response.writableFinished ? "whole" : "let go"));
    answer(find(table, url.pathname), request, response, url, entry).catch((error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  http.on("upgrade", (request, socket, head) => tunnel(find(table, request.url), request, socket, head));
  await new Promise((resolve, reject) => http.once("error", reject).listen(0, "127.0.0.1", resolve));
  const server = {
    origin: `http://127.0.0.1:${http.address().port}`,
    log,
    /** Adds or replaces a mount; the longest prefix wins. */
    mount: (prefix, options) => table.set(prefix, options),
    paths: () => log.map((entry) => entry.path),
    clear: () => log.splice(0),
    /** How each answer for `path` ended, as soon as all have: "whole", or "let go" by who asked (or by a fault). */
    async ended(path) {
      const answers = () => log.filter((entry) => entry.path === path).map(({ state }) => state);
      while (answers().includes("open")) await sleep(20);
      return answers();
    },
    close() {
      running.delete(server);
      http.closeAllConnections();
      return new Promise((resolve) => http.close(() => resolve()));
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
  running.add(server);
  return server;
}

function find(table, path) {
  const prefix = [...table.keys()].filter((key) => path.startsWith(key)).sort((a, b) => b.length - a.length)[0];
  return prefix === undefined ? undefined : { prefix, ...table.get(prefix) };
}

function headersOf(mount) {
  return {
    "cache-control": "no-cache",
    ...(mount.isolated && { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" }),
    ...(mount.csp && { "content-security-policy": mount.csp === true ? CSP : mount.csp }),
    ...(mount.cors && { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" }),
    ...mount.headers,
  };
}

async function answer(mount, request, response, url, entry) {
  const send = (status, type, body) => {
    const bytes = Buffer.from(body);
    entry.status = status;
    response.writeHead(status, { ...(mount && headersOf(mount)), "content-type": type, "content-length": bytes.length });
    return write(response, request.method === "HEAD" ? Buffer.alloc(0) : bytes, entry, mount?.fault?.(url.pathname));
  };
  if (url.pathname === CONSOLE_PATH) return send(200, TYPES[".js"], CONSOLE_SCRIPT);
  if (!mount) return send(404, TYPES[".html"], NOT_FOUND_PAGE);
  const fault = mount.fault?.(url.pathname);
  if (fault?.html) return send(200, TYPES[".html"], NOT_FOUND_PAGE);
  if (fault?.status) return send(fault.status, TYPES[".html"], NOT_FOUND_PAGE);
  if (mount.proxy) return forward(mount, request, response, entry);
  const name = decodeURIComponent(url.pathname.slice(mount.prefix.length)).replace(/(^|\/)$/, "$1index.html");
  const body = await read(mount, name);
  if (body === undefined) return send(404, TYPES[".html"], NOT_FOUND_PAGE);
  const type = TYPES[extname(name)] ?? "application/octet-stream";
  return send(200, type, type === TYPES[".html"] && isWebKit(request) ? withConsole(String(body)) : body);
}

async function read(mount, name) {
  const clean = normalize(name);
  if (mount.files) return mount.files[clean];
  if (clean.startsWith("..") || clean.includes(`${sep}..`)) return undefined;
  return readFile(join(mount.folder, clean)).catch(() => undefined);
}

const isWebKit = (request) => /AppleWebKit/.test(request.headers["user-agent"] ?? "") && !/Chrom/.test(request.headers["user-agent"]);

/** The recorder goes first in the page. */
function withConsole(page) {
  const tag = `<script src="${CONSOLE_PATH}"></script>`;
  return /<head[^>]*>/i.test(page) ? page.replace(/<head[^>]*>/i, (head) => head + tag) : page.replace(/^(<!doctype[^>]*>)?/i, (start) => start + tag);
}

async function write(response, bytes, entry, fault) {
  const step = fault?.trickle?.bytes ?? bytes.length;
  const end = Math.min(bytes.length, fault?.cut ?? Infinity);
  for (let at = 0; at < end; at += step) {
    if (response.destroyed) return;
    const part = bytes.subarray(at, Math.min(at + step, end));
    // Wait until it is on its way: a cut must not take bytes with it that were to arrive.
    await new Promise((resolve) => response.write(part, resolve));
    entry.bytes += part.length;
    if (fault?.trickle) await sleep(fault.trickle.ms + (at ? 0 : (fault.trickle.pause ?? 0)));
  }
  if (end < bytes.length) {
    await sleep(50);
    response.destroy();
  } else {
    response.end();
  }
}

/** Hands the request on to another server (a bundler's), and its answer back with the headers of the mount. */
function forward(mount, request, response, entry) {
  return new Promise((resolve, reject) => {
    const target = new URL(mount.proxy);
    const headers = { ...request.headers, host: target.host, "accept-encoding": "identity" };
    const onward = httpRequest(new URL(request.url, target), { method: request.method, headers }, (answered) => {
      entry.status = answered.statusCode;
      response.writeHead(answered.statusCode, { ...answered.headers, ...headersOf(mount) });
      answered.on("data", (part) => (entry.bytes += part.length));
      answered.on("end", resolve).on("error", reject);
      answered.pipe(response);
    });
    onward.on("error", reject);
    request.pipe(onward);
  });
}

/** A bundler's hot reload socket. */
function tunnel(mount, request, socket, head) {
  if (!mount?.proxy) return socket.destroy();
  const target = new URL(mount.proxy);
  const onward = connect(Number(target.port), target.hostname, () => {
    const lines = Object.entries({ ...request.headers, host: target.host, origin: target.origin }).map(([key, value]) => `${key}: ${value}`);
    onward.write(`GET ${request.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  const end = () => (socket.destroy(), onward.destroy());
  socket.on("error", end).on("close", end);
  onward.on("error", end).on("close", end);
}
