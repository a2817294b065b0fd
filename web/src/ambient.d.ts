/** The wasm-bindgen glue of web/build/wasm/NAME-VARIANT.js, made a function by build.mjs: each call is an instance of its own. */
declare module "glue:*" {
  const make: () => import("./glue.js").Glue;
  export default make;
}

/** Whether the modules of the threads variant are part of this build: bundlers look for every file that is named. */
declare const THREADS: boolean;
/** Whether this script is for instances of the threads variant. */
declare const SHARED: boolean;
/** The same of the module of pipes, and of those of the learned codec. */
declare const PIPES: boolean;
declare const VAE: boolean;

/** Whether this build has wasm files as scripts too, for servers that do not hand them out. */
declare const COPIES: boolean;

declare module "node:fs/promises" {
  export function readFile(file: URL): Promise<Uint8Array>;
}

// Written by build.mjs: base64 of a wasm file.
declare module "*/inline/decoder-base.js" {
  const base64: string;
  export default base64;
}
declare module "*/inline/decoder-simd.js" {
  const base64: string;
  export default base64;
}
declare module "*/inline/decoder-threads.js" {
  const base64: string;
  export default base64;
}
declare module "*/inline/encoder-base.js" {
  const base64: string;
  export default base64;
}
declare module "*/inline/encoder-simd.js" {
  const base64: string;
  export default base64;
}
declare module "*/inline/encoder-threads.js" {
  const base64: string;
  export default base64;
}
declare module "*/inline/engine-base.js" {
  const base64: string;
  export default base64;
}
declare module "*/inline/engine-simd.js" {
  const base64: string;
  export default base64;
}
