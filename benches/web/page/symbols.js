import { ansDecoder } from "./ans.js";

let ready;

async function open(path) {
  const bytes = new Uint8Array(await (await fetch(new URL(path, import.meta.url))).arrayBuffer());
  return ansDecoder(await import("./one/pipe.js"), bytes);
}

/** Milliseconds of one ANSDecode of a file of symbols. */
export async function rans({ path }) {
  return (await (ready ??= open(path)))();
}
