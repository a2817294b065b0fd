export { VaeransError } from "./errors.js";
export { Engine, Engine as WASMTorch, loadModel } from "./nn-engine.js";
export { Model } from "./nn-model.js";
export type { ErrorCode } from "./error-codes.js";
export type { ModelSource } from "./nn-source.js";
export type {
  Elements,
  EngineInfo,
  EngineMemory,
  EngineOptions,
  ForwardOptions,
  Input,
  Inputs,
  LoadOptions,
  Nested,
  Outputs,
  Port,
  Tensor,
} from "./nn-types.js";
