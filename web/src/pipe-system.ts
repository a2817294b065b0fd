import { textArgument } from "./pipe-arguments.js";
import { Core } from "./pipe-core.js";
import type { WasmSource } from "./types.js";

/** What a system may be given: names in camelCase; undefined and null are left out. */
export type SystemParameters = Record<string, number | boolean | string | null | undefined>;

/** A step of a pipe. */
export class System {
  /** Class name, as in Python. */
  readonly name: string;
  readonly params: Readonly<SystemParameters>;

  constructor(name: string, params: object = {}) {
    this.name = textArgument("name", name);
    this.params = { ...(params as SystemParameters) };
  }
}

/** A class of systems. */
export interface SystemClass<Given extends object> {
  new (params?: Given): System;
}

/** One that has an inverse: `inverse` gives the system that undoes it. */
export interface Invertible<Given extends object, Undo extends object> extends SystemClass<Given> {
  inverse(params?: Undo): System;
}

/** The class of a name in the registry. @internal */
export function system<Given extends object>(name: string): SystemClass<Given> {
  const made = class extends System {
    constructor(params?: Given) {
      super(name, params);
    }
  };
  return Object.defineProperty(made, "name", { value: name });
}

/** The classes of a forward system and its inverse. @internal */
export function pair<Given extends object, Undo extends object>(name: string, inverse: string): [Invertible<Given, Undo>, SystemClass<Undo>] {
  const undo = system<Undo>(inverse);
  return [Object.assign(system<Given>(name), { inverse: (params?: Undo) => new undo(params) }), undo];
}

/** The same of a quantiser, whose inverse has the name `dequantize` too. @internal */
export function quantizer<Given extends object, Undo extends object>(
  name: string,
  inverse: string,
): [Invertible<Given, Undo> & { dequantize(params?: Undo): System }, SystemClass<Undo>] {
  const [forward, undo] = pair<Given, Undo>(name, inverse);
  return [Object.assign(forward, { dequantize: forward.inverse }), undo];
}

/** A line of the registry. */
export interface RegistryRow {
  name: string;
  /** Name of the system that undoes it; null where nothing does. */
  inverse: string | null;
  /** Whether it runs in a page; networks do not. */
  runsHere: boolean;
}

/**
 * What systems the codec has.
 *
 * @throws {VaeransError} `unavailable.wasm`, `limit.memory`
 */
export async function registry(options: { wasm?: WasmSource } = {}): Promise<RegistryRow[]> {
  return (await Core.create(options?.wasm)).registry().map(([name, inverse, runsHere]) => ({ name, inverse, runsHere }));
}
