import { decode, encode, engineInfo, init } from "./node_modules/vaerans/dist/index.js";
import { check } from "./check.js";

/** ?threads=2 asks for threads. */
async function run() {
  const threads = new URLSearchParams(location.search).get("threads");
  if (threads) await init({ threads: Number(threads) });
  return check({ decode, encode, engineInfo });
}

globalThis.result = run().catch((error) => ({ error: `${error?.code ?? error?.name}: ${error?.message ?? error}` }));
globalThis.result.then((result) => (document.title = result.error ?? "done"));
