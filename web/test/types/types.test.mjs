/** What users write, and the blocks of README.md, held against the built declarations by several releases of TypeScript. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const web = join(here, "../..");
const made = join(here, "made");
/** Before typed arrays told their buffers and since. */
const EDGES = ["5.4", "5.6", "5.7", "5.9", "7"];
const ENDS = [EDGES[0], EDGES.at(-1)];
const DOM = ["es2022", "dom", "dom.iterable"];
const tsx = (jsxImportSource, paths) => ({
  versions: ENDS,
  files: [`${jsxImportSource.split("-")[0]}.tsx`],
  lib: DOM,
  jsx: jsxImportSource === "solid-js" ? "preserve" : "react-jsx",
  jsxImportSource,
  paths,
});
const from = (folder, name, ...parts) => Object.fromEntries(parts.map((part) => [name + part, [join(here, "node_modules", folder + part)]]));

/** Options of the compiler beside those that all have; `blocks`: kinds of README's. */
const PROGRAMS = {
  "a page": { files: ["page.ts"], blocks: ["page"], lib: DOM },
  "Node without lib dom": { files: ["node.ts"], blocks: ["node"], lib: ["es2022"], types: ["node"], module: "node16", moduleResolution: "node16" },
  "Node, nodenext": {
    versions: ENDS,
    files: ["node.ts"],
    lib: ["esnext"],
    target: "esnext",
    types: ["node"],
    module: "nodenext",
    moduleResolution: "nodenext",
  },
  "a page, nodenext": {
    versions: ENDS,
    files: ["page.ts"],
    blocks: ["page"],
    lib: ["esnext", ...DOM.slice(1)],
    module: "nodenext",
    moduleResolution: "nodenext",
  },
  neither: { files: ["bare.ts"], lib: ["es2022"] },
  "a service worker": { files: ["service.ts"], lib: ["es2022", "webworker"] },
  "React 19": { ...tsx("react"), blocks: ["react"] },
  "React 18": tsx("react", { ...from("react-18-types", "react", "", "/jsx-runtime") }),
  "Preact 11": tsx("preact"),
  "Preact 10": tsx("preact", { ...from("preact-10", "preact", "", "/jsx-runtime") }),
  Solid: tsx("solid-js"),
};

/** The blocks of a kind, each in a file that is a module of its own. TSX is React's, and the repository's README shows a page. */
function blockFiles(kinds) {
  const own = readFileSync(join(web, "README.md"), "utf8");
  const root = readFileSync(join(web, "../README.md"), "utf8").replace(/^```js$/gm, "```js page");
  const blocks = [...`${own}\n${root}`.replace(/^```tsx$/gm, "```tsx react").matchAll(/^```(js|tsx) (\w+)\n([\s\S]*?)^```$/gm)];
  const wanted = blocks.filter(([, , kind]) => kinds.includes(kind));
  assert.ok(wanted.length > 0, `no block of ${kinds}`);
  return wanted.map(([, language, kind, code], i) => {
    const file = join(made, `${kind}-${i}.${language.replace("js", "ts")}`);
    writeFileSync(file, `${code}\nexport {};\n`);
    return file;
  });
}

function configure(name, { files, blocks = [], paths, versions: _, ...options }) {
  const compilerOptions = {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    noImplicitOverride: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    noEmit: true,
    skipDefaultLibCheck: true,
    types: [],
    paths: { ...paths },
    ...options,
  };
  const config = join(made, `${name.replace(/\W+/g, "-")}.json`);
  writeFileSync(
    config,
    JSON.stringify({ compilerOptions, files: [...files.map((file) => join(here, "programs", file)), ...(blocks.length ? blockFiles(blocks) : [])] }),
  );
  return config;
}

/** What the compiler says, but of other people's declarations. */
async function errors(version, config) {
  const tsc = join(here, `node_modules/typescript-${version}/bin/tsc`);
  const said = await promisify(execFile)(process.execPath, [tsc, "-p", config, "--pretty", "false"], { cwd: here }).then(
    () => "",
    ({ stdout, stderr }) => stdout + stderr,
  );
  return said.split("\n").filter((line) => /error/.test(line) && !/^\S*node_modules\/(?!vaerans\/)/.test(line));
}

describe("declarations", () => {
  before(() => {
    const home = join(here, "node_modules/vaerans");
    rmSync(home, { recursive: true, force: true });
    mkdirSync(join(home, "dist"), { recursive: true });
    cpSync(join(web, "package.json"), join(home, "package.json"));
    for (const name of readdirSync(join(web, "dist")).filter((name) => name.endsWith(".d.ts"))) cpSync(join(web, "dist", name), join(home, "dist", name));
    mkdirSync(made, { recursive: true });
  });
  after(() => rmSync(made, { recursive: true, force: true }));

  for (const [name, program] of Object.entries(PROGRAMS)) {
    for (const version of program.versions ?? EDGES) {
      test(`${name}, TypeScript ${version}`, { timeout: 120_000 }, async () => assert.deepEqual(await errors(version, configure(name, program)), []));
    }
  }
});
