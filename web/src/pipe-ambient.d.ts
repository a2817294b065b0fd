// Written by build.mjs: base64 of a wasm file.
declare module "*/inline/pipe-base.js" {
  const base64: string;
  export default base64;
}
declare module "*/inline/pipe-simd.js" {
  const base64: string;
  export default base64;
}
