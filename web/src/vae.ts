import { Engine } from "./engine.js";
import { parseError } from "./errors.js";
import type { Slot } from "./slot.js";
import type { InitOptions, Raw, Refused } from "./types.js";
import { CodecFiles } from "./vae-files.js";
import type { NeededCodec } from "./vae-glue.js";
import { vaeKind } from "./vae-host.js";

/** Nothing in the place of a network that is not wanted. */
const NONE = new Uint8Array();
const MOST_BYTES = 2 ** 31 - 1;

/** What runs jobs of an instance that decodes, and what that instance was given: layers of a codec, by its name. @internal */
export class Decoding {
  private given = new Map<string, number>();
  private slot?: Slot | undefined;

  constructor(
    private readonly run: (op: string, args: unknown[], signal: AbortSignal) => Promise<any>,
    private readonly options: InitOptions,
  ) {}

  /** Another instance knows nothing. */
  in(slot: Slot | undefined): void {
    if (slot !== this.slot) this.given.clear();
    this.slot = slot;
  }

  async decode(file: Uint8Array, options: unknown[], signal: AbortSignal): Promise<Raw> {
    const limits = options.slice(6, 9);
    const { told, bytes }: { told: NeededCodec; bytes: Uint8Array } = await this.run("needed", [file, ...limits], signal);
    if (told.name) await this.load(told as Required<NeededCodec>, options[5] ? Math.max(1, told.there) : told.layers, signal);
    const raw = (await this.run("decode", [bytes, ...options], signal)) as Raw | Refused;
    if ("error" in raw) throw parseError(raw.error);
    return raw;
  }

  /** Gives the instance as many layers of the codec as are wanted, unless it has them. */
  private async load({ name, label }: Required<NeededCodec>, layers: number, signal: AbortSignal): Promise<void> {
    if ((this.given.get(name) ?? 0) >= layers) return;
    const files = new CodecFiles(this.options, { signal }, name, label);
    const parts = await files.all(layers > 1 ? ["decoder", "enhancement"] : ["decoder"]);
    await this.run("give", [...parts, ...(layers > 1 ? [] : [NONE, NONE]), MOST_BYTES], signal);
    files.keep();
    this.given.set(name, layers);
  }
}

let decoding: { engine: Engine; work: Decoding } | undefined;

let turn: Promise<unknown> = Promise.resolve();

/** One call at a time: what an instance was given must be there for the next job. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = turn.then(work, work);
  turn = done.catch(() => {});
  return done;
}

/** Decodes a file of a learned codec, which the decoder refused. @internal */
export const decodeVae = ({ bytes }: Refused, job: unknown[], signal: AbortSignal, options: InitOptions): Promise<Raw> =>
  inTurn(async () => {
    if (!decoding || decoding.engine.closed) {
      const engine = new Engine(vaeKind, { worker: options.worker }, undefined);
      decoding = { engine, work: new Decoding((...call) => engine.run(...call), options) };
    }
    const { engine, work } = decoding;
    await engine.ready();
    work.in(engine.slots[0]);
    return work.decode(bytes, job, signal);
  });
