export { decode, decodeProgressive, dispose, engineInfo, getMemoryStats, info, init } from "./api.js";
export { VaeransError } from "./errors.js";
export type { ErrorCode } from "./error-codes.js";
export { Picture } from "./picture.js";
export type {
  DecodeOptions,
  EngineInfo,
  FileInfo,
  InitOptions,
  Level,
  MemoryStats,
  Meta,
  ProgressiveOptions,
  ReadOptions,
  Region,
  Samples,
  Source,
  WasmSource,
  WasmSources,
} from "./types.js";
