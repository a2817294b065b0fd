import type { Engine } from "./engine.js";
import { loadChunk, parseError } from "./errors.js";
import { abortable } from "./source.js";
import type { Raw, Refused } from "./types.js";

/** A decoder's answer; what it refused, as only the module of pipes or that of the learned codec can undo it, is decoded by that. `options`: of the job, after the bytes. @internal */
export async function completed(engine: Engine, answer: Raw | Refused, options: unknown[], signal: AbortSignal): Promise<Raw> {
  if (!("error" in answer)) return answer;
  if (PIPES || VAE) {
    const { decodeFully } = await abortable(loadChunk(import("./full.js")), signal);
    return decodeFully(answer, options, signal, engine);
  }
  throw parseError(answer.error);
}

/** Decodes by a `decode` job of these arguments. @internal */
export const decodeRaw = async (engine: Engine, args: unknown[], signal: AbortSignal): Promise<Raw> =>
  completed(engine, await engine.run("decode", args, signal), args.slice(1), signal);
