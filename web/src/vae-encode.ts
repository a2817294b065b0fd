import { Engine } from "./engine.js";
import type { Own } from "./platform.js";
import type { Slot } from "./slot.js";
import type { InitOptions } from "./types.js";
import { vaeEncoderKind } from "./vae-encoder-host.js";
import { CodecFiles } from "./vae-files.js";

const MOST_BYTES = 2 ** 31 - 1;

let encoding: { engine: Engine; slot?: Slot | undefined } | undefined;
let turn: Promise<unknown> = Promise.resolve();

async function encoded(job: unknown[], signal: AbortSignal, options: InitOptions): Promise<Own<Uint8Array>> {
  if (!encoding || encoding.engine.closed) encoding = { engine: new Engine(vaeEncoderKind, { worker: options.worker }, undefined) };
  const { engine } = encoding;
  await engine.ready();
  if (encoding.slot !== engine.slots[0]) {
    const files = new CodecFiles(options, { signal }, "", "that ships");
    const parts = await files.all(["decoder", "enhancement", "encoder", "analysis"]);
    await engine.run("take", [...parts, MOST_BYTES], signal);
    encoding.slot = engine.slots[0];
  }
  return engine.run("encode", job, signal) as Promise<Own<Uint8Array>>;
}

/** Encodes with the learned codec, whose files are fetched at the first call. `job`: as of the encoder, pixels first. @internal */
export function encodeVae(job: unknown[], signal: AbortSignal, options: InitOptions): Promise<Own<Uint8Array>> {
  const work = (): Promise<Own<Uint8Array>> => encoded(job, signal, options);
  const done = turn.then(work, work);
  turn = done.catch(() => {});
  return done;
}
