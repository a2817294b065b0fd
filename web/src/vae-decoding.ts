import { parseError } from "./errors.js";
import type { Slot } from "./slot.js";
import type { InitOptions, Raw, Refused } from "./types.js";
import { CodecFiles } from "./vae-files.js";
import type { NeededCodec } from "./vae-glue.js";

/** Nothing in the place of a network that is not wanted. */
const NONE = new Uint8Array();
const MOST_BYTES = 2 ** 31 - 1;

/** Where jobs of an instance that decodes are done. @internal */
export interface Runner {
  /** The instance that does the next job. */
  ready(): Promise<Slot>;
  run(op: string, args: unknown[], signal: AbortSignal): Promise<any>;
}

/** Decodes files of a learned codec, one at a time: what an instance was given must be there for the next job. @internal */
export class Decoding {
  /** Layers of codecs that the instance has, by the codec's name. */
  private given = new Map<string, number>();
  private slot?: Slot;
  private turn: Promise<unknown> = Promise.resolve();
  /** Files on their way to the cache, from which the next layer may take them. */
  private keeping?: Promise<unknown>;

  constructor(
    private readonly runner: Runner,
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
    const slot = await this.runner.ready();
    if (slot !== this.slot) this.given.clear(); // another instance knows nothing
    this.slot = slot;
    const limits = options.slice(6, 9);
    const { told, bytes }: { told: NeededCodec; bytes: Uint8Array } = await this.runner.run("needed", [file, ...limits], signal);
    if (told.name) await this.load(told as Required<NeededCodec>, options[5] ? Math.max(1, told.there) : told.layers, signal);
    const raw = (await this.runner.run("decode", [bytes, ...options], signal)) as Raw | Refused;
    if ("error" in raw) throw parseError(raw.error);
    return raw;
  }

  /** Gives the instance as many layers of the codec as are wanted, unless it has them. */
  private async load({ name, label }: Required<NeededCodec>, layers: number, signal: AbortSignal): Promise<void> {
    if ((this.given.get(name) ?? 0) >= layers) return;
    await this.keeping;
    const files = new CodecFiles(this.options, signal, name, label);
    const parts = await files.all(layers > 1 ? ["decoder", "enhancement"] : ["decoder"]);
    await this.runner.run("give", [...parts, ...(layers > 1 ? [] : [NONE, NONE]), MOST_BYTES], signal);
    this.keeping = files.keep();
    this.given.set(name, layers);
  }
}
