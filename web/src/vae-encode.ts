import type { Engine } from "./engine.js";
import { MOST_BYTES } from "./limits.js";
import type { Own } from "./platform.js";
import { vaeEncoderKind } from "./vae-encoder-host.js";
import { engineBeside } from "./vae-engine.js";
import { CodecFiles } from "./vae-files.js";

let turn: Promise<unknown> = Promise.resolve();

async function encoded(job: unknown[], signal: AbortSignal, parent: Engine): Promise<Own<Uint8Array>> {
  signal.throwIfAborted(); // after dispose() nothing starts
  const engine = engineBeside(parent, vaeEncoderKind);
  if (!(await engine.run("has", [], signal))) {
    const files = new CodecFiles(parent.options, signal, "", "that ships");
    await files.give(["decoder", "enhancement", "encoder", "analysis"], (parts) => engine.run("take", [...parts, MOST_BYTES], signal));
    void files.keep();
  }
  return engine.run("encode", job, signal) as Promise<Own<Uint8Array>>;
}

/** Encodes with the learned codec, whose files are fetched at the first call. `job`: as of the encoder, pixels first; `parent`: the decoder. @internal */
export function encodeVae(job: unknown[], signal: AbortSignal, parent: Engine): Promise<Own<Uint8Array>> {
  const work = (): Promise<Own<Uint8Array>> => encoded(job, signal, parent);
  const done = turn.then(work, work);
  turn = done.catch(() => {});
  return done;
}
