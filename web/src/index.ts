export { decode, decodeProgressive, dispose, encode, engineInfo, getMemoryStats, info, init } from "./api.js";
export { VaeransError } from "./errors.js";
export { Picture } from "./picture.js";
export type * from "./decode.js";
export type { ColorSpace } from "./space.js";
export type { EncodeOptions, PixelSource } from "./types.js";
