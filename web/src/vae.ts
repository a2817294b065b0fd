import type { Engine } from "./engine.js";
import type { Raw } from "./types.js";
import { Decoding } from "./vae-decoding.js";
import { engineBeside } from "./vae-engine.js";
import { vaeKind } from "./vae-host.js";

const works = new WeakMap<Engine, Decoding>();

/** Decodes a file of a learned codec, which `parent`, the decoder, refused. @internal */
export function decodeVae(bytes: Uint8Array, job: unknown[], signal: AbortSignal, parent: Engine): Promise<Raw> {
  signal.throwIfAborted(); // after dispose() nothing starts
  const engine = engineBeside(parent, vaeKind);
  const work = works.get(engine) ?? new Decoding((...job) => engine.run(...job), parent.options);
  works.set(engine, work);
  return work.decode(bytes, job, signal);
}
