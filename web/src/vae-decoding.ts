import { parseError } from "./errors.js";
import { MOST_BYTES } from "./limits.js";
import type { Needs } from "./ops-vae.js";
import type { InitOptions, Raw, Refused } from "./types.js";
import { CodecFiles } from "./vae-files.js";
import type { NeededCodec } from "./vae-glue.js";

/** Nothing in the place of a network that is not wanted: anew each time, because a worker takes the buffers away. */
const none = (): Uint8Array[] => [new Uint8Array(), new Uint8Array()];

/** Does a job of an instance that decodes. @internal */
export type Run = (op: string, args: unknown[], signal: AbortSignal) => Promise<any>;

/** Decodes files of a learned codec, one at a time: what an instance was given must be there for the next job. @internal */
export class Decoding {
  private turn: Promise<unknown> = Promise.resolve();
  /** Files on their way to the cache, from which the next layer may take them. */
  private keeping?: Promise<unknown>;

  constructor(
    private readonly run: Run,
    private readonly options: InitOptions,
  ) {}

  /** `options`: of the job, after the bytes. */
  decode(file: Uint8Array, options: unknown[], signal: AbortSignal): Promise<Raw> {
    const work = (): Promise<Raw> => this.decodeNow(file, options, signal);
    const done = this.turn.then(work, work);
    this.turn = done.catch(() => {});
    return done;
  }

  private async decodeNow(file: Uint8Array, options: unknown[], signal: AbortSignal): Promise<Raw> {
    signal.throwIfAborted();
    const limits = options.slice(6, 9);
    const { codec, has, bytes }: Needs = await this.run("needed", [file, ...limits], signal);
    const layers = options[5] ? Math.max(1, codec.there) : codec.layers;
    if (codec.name && has < layers) await this.load(codec as Required<NeededCodec>, layers, signal);
    const raw = (await this.run("decode", [bytes, ...options], signal)) as Raw | Refused;
    if ("error" in raw) throw parseError(raw.error);
    return raw;
  }

  /** Gives the instance as many layers of the codec. */
  private async load({ name, label }: Required<NeededCodec>, layers: number, signal: AbortSignal): Promise<void> {
    await this.keeping;
    const files = new CodecFiles(this.options, signal, name, label);
    await files.give(layers > 1 ? ["decoder", "enhancement"] : ["decoder"], (parts) =>
      this.run("give", [name, layers, ...parts, ...(layers > 1 ? [] : none()), MOST_BYTES], signal),
    );
    this.keeping = files.keep();
  }
}
