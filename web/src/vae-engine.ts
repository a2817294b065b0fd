import { Engine } from "./engine.js";
import type { Kind } from "./host.js";
import type { WasmSources } from "./types.js";

/** The engine of a module of the learned codec; made, but not loaded, when it is first asked for. `parent`: the decoder's, which knows the page's others. @internal */
export function engineBeside({ options }: Engine, kind: Kind): Engine {
  const sources = options.wasm as WasmSources | undefined;
  return (options.engines![kind.name] ??= new Engine(kind, { worker: options.worker }, sources?.[kind.name as keyof WasmSources]));
}
