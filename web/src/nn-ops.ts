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

/** Jobs of an instance that runs one network. @internal */
export function networkOps(): Ops {
  let network: Network;
  const memory = (): number[] => [...network.memory()];
  return {
    open: (glue, plan: Uint8Array) => tried(() => (network = new (glue as NetworkGlue).Network(plan)).describe()),

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
