import type { Booted } from "./glue.js";
import type { Kind } from "./host.js";
import type { Slot, workerSlot } from "./slot.js";

/** Throws an Error that says why threads cannot share memory here. */
function checkSharing(): void {
  if (!THREADS) throw new Error("this build has no threads");
  if (!globalThis.crossOriginIsolated) throw new Error("the page is not cross-origin isolated (headers COOP and COEP)");
  if (typeof SharedArrayBuffer === "undefined") throw new Error("this browser has no SharedArrayBuffer");
  new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
}

/** A worker and the threads of its pool, all over one memory. @internal */
export async function startShared(makeSlot: typeof workerSlot, kind: Kind, threads: number, load: () => Promise<WebAssembly.Module>): Promise<[Slot, Booted]> {
  checkSharing();
  const helpers: Slot[] = [];
  const slot = makeSlot(await kind.spawn(true), 1, helpers);
  try {
    const module = await load();
    const booted: Booted = await slot.call("boot", [{ module, threads }]);
    const { memory, helpers: count } = booted;
    // A thread that fails takes its pool along: the others would wait for it for ever.
    while (helpers.length < count) helpers.push(makeSlot(await kind.spawn(true), 1, [slot]));
    await Promise.all(helpers.map((helper, index) => helper.call("boot", [{ module, memory, index }])));
    return [slot, booted];
  } catch (error) {
    slot.kill();
    throw error;
  }
}
