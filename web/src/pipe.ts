import type { Samples } from "./types.js";

export { VaeransError } from "./index.js";
export { Handle } from "./pipe-handle.js";
export { Pipe, Pipe as Pipeline } from "./pipe-steps.js";
export { System, registry } from "./pipe-system.js";
export type { Invertible, SystemParameters, RegistryRow, SystemClass } from "./pipe-system.js";
export * from "./pipe-systems.js";
export { World } from "./pipe-world.js";
export type { TraceRow, WorldOptions, WorldStats } from "./pipe-world.js";

export type { Samples };
/** @deprecated It is `Samples`, as in `vaerans` itself. */
export type TensorData = Samples;
