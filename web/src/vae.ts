import { Engine } from "./engine.js";
import type { Raw } from "./types.js";
import { Decoding } from "./vae-decoding.js";
import { vaeKind } from "./vae-host.js";

const works = new WeakMap<Engine, Decoding>();

/** Decodes a file of a learned codec, which `parent`, the decoder, refused. @internal */
export function decodeVae(bytes: Uint8Array, job: unknown[], signal: AbortSignal, { options }: Engine): Promise<Raw> {
  signal.throwIfAborted(); // after dispose() nothing starts
  const engine = (options.engines!.vae ??= new Engine(vaeKind, { worker: options.worker }, undefined));
  const work = works.get(engine) ?? new Decoding((...job) => engine.run(...job), options);
  works.set(engine, work);
  return work.decode(bytes, job, signal);
}
