import type { Ops } from "./glue.js";
import type { Given, Network, NetworkGlue, Wanted } from "./nn-glue.js";

/** A value, or the coded error of one; as a value it does not count against the instance. @internal */
export type Tried = { value: unknown } | { error: string };

function tried(work: () => unknown): Tried {
  try {
    return { value: work() };
  } catch (error) {
    if (typeof error === "string") return { error };
    throw error;
  }
}

/** Functions of an engine and of its supplement (tools/wasm.sh). */
const TABLE = 4096;

/** Jobs of an instance that runs one network. @internal */
export function networkOps(): Ops {
  let network: Network;
  const memory = (): number[] => network.memory();
  return {
    open: (glue, plan: Uint8Array) => tried(() => (network = new (glue as NetworkGlue).Network(plan)).describe()),

    // A supplement works in the memory of the engine, and shares its table of functions.
    extend: (glue, module: WebAssembly.Module) => {
      const env = glue.initSync({ module }) as any;
      const table = env.__indirect_function_table;
      table.grow(TABLE + 1 - table.length);
      const extra = new WebAssembly.Instance(module, { env }).exports as any;
      // Not while it grows: WebKitGTK 2.50 leaves a place empty that is grown with what it is to hold.
      table.set(TABLE, extra.operate);
      env.extend(TABLE, extra.layout());
    },

    load: (_, weights: Uint8Array, fast: boolean, threads: number, maxBytes: number) => tried(() => (network.load(weights, fast, threads, maxBytes), memory())),

    forward: (_, given: Given[], wanted: Wanted[]) =>
      tried(() => {
        network.begin();
        for (const one of given) network.input(...one);
        for (const one of wanted) network.want(...one);
        return { made: network.run(), memory: memory() };
      }),
  };
}
