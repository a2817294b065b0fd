export { decode, decodeProgressive, dispose, encode, engineInfo, getMemoryStats, info, init } from "./api.js";
export { VaeransError } from "./errors.js";
export type { ErrorCode } from "./error-codes.js";
export { Picture } from "./picture.js";
export type { ColorSpace } from "./space.js";
export type {
  DecodeOptions,
  EncodeOptions,
  EngineInfo,
  FileInfo,
  InitOptions,
  Level,
  MemoryStats,
  Meta,
  PixelSource,
  ProgressiveOptions,
  ReadOptions,
  Region,
  Samples,
  Source,
  WasmSource,
  WasmSources,
} from "./types.js";
