/**
 * What is tested where: one line a case, the rows of web/docs/browsers.md.
 *
 *   feature    as the table in web/docs/browsers.md says it
 *   project    folder in projects/
 *   mode       how its files reach the browser: "files", "build" or "develop"
 *   browsers   which ones
 *   config     the bundler's configuration file, where it is not the project's own
 *   page       opened in it; default the project's index.html
 *   mount      options of the server (server.mjs)
 *   expect     (result, { browser, requests }) -> "" or what is wrong, beside the pixels
 */
import { readFileSync } from "node:fs";
import { BROWSERS } from "./drive.mjs";

const wasmOf = (requests) => requests.filter((entry) => entry.path.endsWith(".wasm")).map((entry) => entry.path);

const inWorker = ({ engine }) => (engine.worker && engine.reason.startsWith("in a worker") ? "" : `not in a worker: ${engine.reason}`);
const foreign = ({ engine }) => (/another origin.*http/.test(engine.reason) ? onCaller({ engine }) : `the reason does not name it: ${engine.reason}`);
const onCaller = ({ engine }) =>
  !engine.worker && engine.reason.includes("calling thread") ? "" : `expected the calling thread and why: ${JSON.stringify(engine)}`;
/** WebKitGTK has no SharedArrayBuffer: there each worker has its own memory. */
const shared = ({ engine }, { browser }) =>
  engine.sharedMemory === (browser !== "webkit") && engine.threads === 2 ? "" : `threads: ${JSON.stringify(engine)}`;
const unshared = ({ engine }) => (!engine.sharedMemory && engine.threads === 2 ? "" : `threads: ${JSON.stringify(engine)}`);
const oneModule = (_, { requests }) => (wasmOf(requests).length === 1 && wasmOf(requests)[0].includes("decoder") ? "" : `wasm fetched: ${wasmOf(requests)}`);
const refused = ({ inside }) => (/^unavailable\.worker: .*vaerans\/sw/.test(inside.error) ? "" : `in the service worker: ${JSON.stringify(inside)}`);
const twoCopies = ({ areAlike, areTwo }) => (areAlike && areTwo ? "" : `alike: ${areAlike}, two: ${areTwo}`);

const { cases: golden } = JSON.parse(readFileSync(new URL("../../../tests/golden/pipes.json", import.meta.url)));
export const asPython = ({ sha256 }) => (sha256 === golden["quick start"].expected.sha256 ? "" : `other bytes than Python's: ${sha256}`);
const fromPipe = (got, { requests }) => (wasmOf(requests).length === 1 ? asPython(got) : `wasm fetched: ${wasmOf(requests)}`);

const ISOLATED = { isolated: true };
const THREADS = "?threads=2";
const WORKER = "worker.html";
const PAGES = "vite.pages.config.js";
const IMG = { page: "img.html", expect: inWorker };
const SERVICE = { page: "service.html", expect: () => "" };
const CSP = { csp: true };
/** What a development server does is the same for every browser. */
const bundled = (feature, project, mode, more) => ({ feature, project, mode, browsers: mode === "develop" ? ["chromium"] : BROWSERS, ...more });

const plain = (feature, more) => ({ feature, project: "plain", mode: "files", browsers: BROWSERS, ...more });

export const CASES = [
  plain('plain `<script type="module">`', { expect: inWorker }),
  plain("import map", { page: "importmap.html", expect: inWorker }),
  plain("with COOP and COEP", { mount: ISOLATED, expect: inWorker }),
  plain("two threads with COOP and COEP: one shared memory where the browser has it", { page: THREADS, mount: ISOLATED, expect: shared }),
  plain("two threads without COOP and COEP: a memory each", { page: THREADS, expect: unshared }),
  plain("CSP `script-src 'self' 'wasm-unsafe-eval'`", { mount: { csp: true }, expect: inWorker }),
  plain("CSP, inline import map with a nonce", {
    page: "importmap-csp.html",
    mount: { csp: "script-src 'self' 'nonce-map' 'wasm-unsafe-eval'" },
    expect: inWorker,
  }),
  plain("CSP, COOP and COEP, two threads", { page: THREADS, mount: { csp: true, isolated: true }, expect: shared }),
  plain("package from another origin: on the main thread", { page: "foreign.html", isForeign: true, expect: foreign }),
  plain("two copies of the package in one page", { page: "two.html", expect: twoCopies }),
  plain("imported in a Web Worker of the page", { page: WORKER, expect: onCaller }),
  plain("a page that decodes fetches one wasm module", { page: "decode.html", expect: oneModule }),
  plain("HTML answered in place of wasm: the inlined copy", { mount: { fault: (path) => path.endsWith(".wasm") && { html: true } }, expect: inWorker }),
  plain("`vaerans/pipe`: Python's bytes, one wasm module", { page: "pipe.html", expect: fromPipe }),
  plain("`vaerans/pipe`, HTML answered in place of wasm: the inlined copy", {
    page: "pipe.html",
    mount: { fault: (path) => path.endsWith(".wasm") && { html: true } },
    expect: asPython,
  }),
  plain("`vaerans/img`: the element paints, with the page's own copy of the package", IMG),
  plain("`vaerans/decode/img`: the element, with `vaerans/decode`", { ...IMG, page: "decode-img.html" }),
  plain("`vaerans/sw` in a module service worker: plain `<img>`, and `decode` inside of it", SERVICE),
  plain("`vaerans` itself in a service worker: refused, which says to import `vaerans/sw`", { page: "service.html?script=./sw-index.js", expect: refused }),
  bundled("Vite 8 dev", "vite8", "develop", { expect: inWorker }),
  bundled("Vite 8 dev, COOP and COEP: threads", "vite8", "develop", { page: THREADS, mount: ISOLATED, expect: shared }),
  bundled("Vite 8 dev, in a Web Worker of the page", "vite8", "develop", { page: WORKER, expect: onCaller }),
  bundled("Vite 8 build", "vite8", "build", { expect: inWorker }),
  bundled("Vite 8 build, COOP and COEP: threads", "vite8", "build", { page: THREADS, mount: ISOLATED, expect: shared }),
  bundled("Vite 8 build, CSP", "vite8", "build", { mount: CSP, expect: inWorker }),
  bundled("Vite 8 build, in a Web Worker of the page", "vite8", "build", { config: PAGES, page: WORKER, expect: onCaller }),
  bundled("Vite 8 dev, `vaerans/pipe`", "vite8", "develop", { page: "pipe.html", expect: asPython }),
  bundled("Vite 8 dev, `vaerans/pipe` in a Web Worker of the page", "vite8", "develop", { page: "pipe-worker.html", expect: asPython }),
  bundled("Vite 8 build, `vaerans/pipe`", "vite8", "build", { config: PAGES, page: "pipe.html", expect: fromPipe }),
  bundled("Vite 8 dev, `vaerans/img`", "vite8", "develop", IMG),
  bundled("Vite 8 build, `vaerans/img`", "vite8", "build", { config: PAGES, ...IMG }),
  bundled("Vite 8 build, `vaerans/sw`: plain `<img>`, and `decode` inside of it", "vite8", "build", { config: PAGES, ...SERVICE }),
  bundled("Vite 7 dev: on the main thread", "vite7", "develop", { expect: onCaller }),
  bundled('Vite 7 dev, `optimizeDeps.exclude: ["vaerans"]`', "vite7", "develop", { config: "vite.exclude.config.js", expect: inWorker }),
  bundled("Vite 7 dev, `optimizeDeps.exclude`, COOP and COEP: threads", "vite7", "develop", {
    config: "vite.exclude.config.js",
    page: THREADS,
    mount: ISOLATED,
    expect: shared,
  }),
  bundled("Vite 7 dev, in a Web Worker of the page", "vite7", "develop", { page: WORKER, expect: onCaller }),
  bundled("Vite 7 build", "vite7", "build", { expect: inWorker }),
  bundled("Vite 7 build, COOP and COEP: threads", "vite7", "build", { page: THREADS, mount: ISOLATED, expect: shared }),
  bundled("Vite 7 build, CSP", "vite7", "build", { mount: CSP, expect: inWorker }),
  bundled('Vite 7 build, in a Web Worker of the page (`worker.format: "es"`)', "vite7", "build", { config: PAGES, page: WORKER, expect: onCaller }),
  bundled("Vite 7 dev, `vaerans/pipe`", "vite7", "develop", { page: "pipe.html", expect: asPython }),
  bundled("Vite 7 build, `vaerans/pipe`", "vite7", "build", { config: PAGES, page: "pipe.html", expect: fromPipe }),
  bundled("Vite 7 dev, `vaerans/img`", "vite7", "develop", { ...IMG, expect: onCaller }),
  bundled("Vite 7 build, `vaerans/img`", "vite7", "build", { config: PAGES, ...IMG }),
  bundled("Vite 7 build, `vaerans/sw`: plain `<img>`, and `decode` inside of it", "vite7", "build", { config: PAGES, ...SERVICE }),
  bundled("webpack 5 dev", "webpack5", "develop", { expect: inWorker }),
  bundled("webpack 5 dev, COOP and COEP: threads", "webpack5", "develop", { page: THREADS, mount: ISOLATED, expect: shared }),
  bundled("webpack 5 dev, in a Web Worker of the page", "webpack5", "develop", { page: WORKER, expect: onCaller }),
  bundled("webpack 5 dev, `vaerans/pipe`", "webpack5", "develop", { page: "pipe.html", expect: asPython }),
  bundled("webpack 5 dev, `vaerans/img`", "webpack5", "develop", IMG),
  bundled("webpack 5 build", "webpack5", "build", { expect: inWorker }),
  bundled("webpack 5 build, COOP and COEP: threads", "webpack5", "build", { page: THREADS, mount: ISOLATED, expect: shared }),
  bundled("webpack 5 build, CSP", "webpack5", "build", { mount: CSP, expect: inWorker }),
  bundled("webpack 5 build, in a Web Worker of the page", "webpack5", "build", { page: WORKER, expect: onCaller }),
  bundled("webpack 5 build, `vaerans/pipe`", "webpack5", "build", { page: "pipe.html", expect: fromPipe }),
  bundled("webpack 5 build, `vaerans/img`", "webpack5", "build", IMG),
  bundled("webpack 5 build, `vaerans/sw`: plain `<img>`, and `decode` inside of it", "webpack5", "build", SERVICE),
];

export const RUNTIMES = ["Node 20", "Node 24", "Deno", "Bun"];
