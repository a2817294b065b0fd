// Makes the glue of wasm-bindgen (--target web), a module with one instance in its variables, a function that gives instances.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** Variants of a module that have the glue of the simd one. */
const VARIANTS = {
  decoder: ["base"],
  encoder: ["base"],
  engine: ["base", "relaxed"],
  learned: ["base"],
  pipe: ["base"],
  reader: ["base"],
  vae: ["base"],
  vaeencoder: ["base"],
};

/** The glue of the simd variant serves the base and the relaxed one too: the wasm files look for their imports under the glue's own name. */
const allNames = {
  name: "all-names",
  setup: (b) =>
    b.onLoad({ filter: /-simd\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const all = text.replace(/"\.\/(\w+)-simd_bg\.js": (\w+)/, (found, name, imports) =>
        [found, ...VARIANTS[name].map((variant) => `"./${name}-${variant}_bg.js": ${imports}`)].join(", "),
      );
      if (text.includes('-simd_bg.js":') && all === text) throw new Error("the glue's imports are not where they were");
      return { contents: all, loader: "js" };
    }),
};

/**
 * wasm-bindgen's names of imports end in 16 digits of a hash, which no compressor makes smaller. Four of them tell imports of one name
 * apart; zeros in place of the others leave every length in a module as it is. `text`: a glue, or a module as Latin-1.
 */
export function shortNames(text) {
  const names = new Map();
  return text.replaceAll(/\b__wbg_\w*?_[0-9a-f]{16}(?![0-9a-f])/g, (name) => {
    const short = name.slice(0, -12) + "0".repeat(12);
    if ((names.get(short) ?? name) !== name) throw new Error(`${name} and ${names.get(short)} are one name by four digits`);
    names.set(short, name);
    return short;
  });
}

/** The glue without what we do not use (its own loader), as the source of `export default () => exports`. */
async function factory(file) {
  const result = await build({
    stdin: { contents: `export * from ${JSON.stringify(file)}`, resolveDir: "/" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    legalComments: "none",
    logLevel: "warning",
    // We free what we take, and pass what is not deprecated.
    define: { FinalizationRegistry: "undefined", "Symbol.dispose": "undefined" },
    drop: ["console"],
    plugins: [allNames],
  });
  const code = result.outputFiles[0].text.trim();
  const [, body, names] = /^([\s\S]*)export\{([^{}]*)\};?$/.exec(code) ?? [];
  if (!body || code.includes("import.meta")) throw new Error(`${file}: not the glue that wasm-bindgen --target web writes`);
  const fields = names.split(",").map((name) => name.split(" as ").reverse().join(":"));
  return `export default()=>{${body}return{${fields.join(",")}}}`;
}

/** Resolves `glue:NAME-VARIANT`. */
export const glue = (folder) => ({
  name: "glue",
  setup(b) {
    b.onResolve({ filter: /^glue:/ }, ({ path }) => ({ path: path.slice(5), namespace: "glue" }));
    b.onLoad({ filter: /.*/, namespace: "glue" }, async ({ path }) => ({ contents: shortNames(await factory(join(folder, `${path}.js`))), loader: "js" }));
  },
});

/** One worker file serves all of them: their glue must be the same. */
export function sameGlue(folder) {
  for (const [name, variants] of Object.entries(VARIANTS)) {
    for (const variant of variants) {
      const [other, simd] = [variant, "simd"].map((v) => join(folder, `${name}-${v}.js`));
      if (!existsSync(other)) continue;
      const text = (file, v) => readFileSync(file, "utf8").replaceAll(`${name}-${v}`, name).replaceAll(`${name}_${v}`, name);
      if (text(other, variant) !== text(simd, "simd")) throw new Error(`${other} and ${simd} differ: they need worker files of their own`);
    }
  }
}
