// Makes the glue of wasm-bindgen (--target web), a module with one instance in its variables, a function that gives instances.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** The glue of the simd variant serves the base one too: the wasm files look for their imports under the glue's own name. */
const bothNames = {
  name: "both-names",
  setup: (b) =>
    b.onLoad({ filter: /-simd\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const both = text.replace(/"\.\/(\w+)-simd_bg\.js": (\w+)/, '$&, "./$1-base_bg.js": $2');
      if (text.includes('-simd_bg.js":') && both === text) throw new Error("the glue's imports are not where they were");
      return { contents: both, loader: "js" };
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
    plugins: [bothNames],
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

/** One worker file serves the base and the simd variant: their glue must be the same. */
export function sameGlue(folder) {
  for (const name of ["decoder", "encoder", "pipe"]) {
    const [base, simd] = ["base", "simd"].map((variant) => join(folder, `${name}-${variant}.js`));
    if (!existsSync(base)) continue;
    const text = (file, variant) => readFileSync(file, "utf8").replaceAll(`${name}-${variant}`, name).replaceAll(`${name}_${variant}`, name);
    if (text(base, "base") !== text(simd, "simd")) throw new Error(`${base} and ${simd} differ: they need worker files of their own`);
  }
}
