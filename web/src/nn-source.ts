import { bytesUnder } from "./bytes.js";
import { VaeransError, fail, loadChunk } from "./errors.js";
import { baseUrl, networkKind } from "./nn-host.js";
import type { Described } from "./nn-glue.js";
import type { LoadOptions } from "./nn-types.js";
import type { Global } from "./platform.js";
import { Intake } from "./source.js";
import { Store } from "./store.js";
import type { Source } from "./types.js";

/** Where a model may come from: the URL of its folder or of its one file; that file, as bytes or what has them; the bytes of both files. */
export type ModelSource = Global<"URL"> | string | Source | { plan: ArrayBufferLike | ArrayBufferView; weights: ArrayBufferLike | ArrayBufferView };

/** A model's files, which are on their way. @internal */
export interface Files {
  plan: Promise<Uint8Array>;
  /** The weights that the plan names, in a buffer to hand over, and whether they were kept from an earlier time. */
  weights(described: Described): Promise<[bytes: Uint8Array, isKept: boolean]>;
  /** The engine that the model's file holds. */
  wasm?: Promise<Uint8Array>;
  /** They were right: they may be kept. */
  done(): void;
  /** Nobody waits for them. */
  stop(): void;
}

/** Bytes of weights that a page keeps, of all models. */
const MOST_KEPT = 2 ** 29;
const store = new Store("vaerans-weights", MOST_KEPT);

type Report = NonNullable<LoadOptions["onProgress"]>;

/** What arrives is told; its length is known from the plan, or from the server. */
class Arrival {
  private readonly stop = new AbortController();
  total = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly report?: Report,
  ) {}

  end = (): void => this.stop.abort();

  async fetch(url: URL, isTold = false): Promise<Uint8Array> {
    const { signal } = this.stop;
    try {
      const response = await networkKind.get(url, { signal });
      const { headers } = response;
      if (headers.get("content-type")?.startsWith("text/html")) fail("stream.network", `${url} was answered with a page of HTML: is the model there?`);
      if (isTold && !headers.has("content-encoding")) this.total ||= Number(headers.get("content-length"));
      return await this.read(response, isTold);
    } catch (error) {
      if (error instanceof VaeransError) throw error;
      return fail("stream.network", `${url}: ${error}`, error);
    }
  }

  async read(source: Source, isTold: boolean): Promise<Uint8Array> {
    const intake = new Intake(source);
    const { report, maxBytes, stop } = this;
    if (isTold && report) intake.arrived = () => report({ loaded: intake.length, total: this.total });
    await intake.fill({ stop, signal: stop.signal, maxBytes, limits: [] });
    return intake.takeAll();
  }
}

/** A promise that somebody may never wait for. */
const quiet = <T>(promise: Promise<T>): Promise<T> => (promise.catch(() => {}), promise);

/** The files plan.bin and weights.bin of a folder. */
function ofFolder(folder: URL, arrival: Arrival, isFresh: boolean): Files {
  const file = (name: string): URL => Object.assign(new URL(folder), { pathname: folder.pathname.replace(/\/?$/, `/${name}`) });
  const url = file("weights.bin");
  // Both at once, unless weights of an earlier time are there: then the plan says whether they are still these.
  const early = quiet(isFresh ? arrival.fetch(url, true) : store.get(url.href).then((kept) => (kept ? undefined : arrival.fetch(url, true))));
  let keep: (() => void) | undefined;
  return {
    plan: quiet(arrival.fetch(file("plan.bin"))),
    async weights({ weights: tag, weightBytes }) {
      arrival.total = weightBytes;
      const kept = isFresh || (await early) ? undefined : await store.get(url.href, tag);
      if (kept) return [await arrival.read(kept, true), true];
      const bytes = (await early) ?? (await arrival.fetch(url, true));
      if (globalThis.caches && bytes.length < MOST_KEPT) {
        const copy = new Blob([bytes as BlobPart]);
        keep = () => void store.put(url.href, tag, copy);
      }
      return [bytes, false];
    },
    done: () => keep?.(),
    stop: arrival.end,
  };
}

/** Both files as bytes, which are somebody else's. */
function ofBytes(source: object): Files | undefined {
  const { plan, weights } = source as { plan?: unknown; weights?: unknown };
  const [first, second] = [bytesUnder(plan), bytesUnder(weights)];
  if (!first || !second) return undefined;
  return { plan: Promise.resolve(first), weights: async () => [second.slice(), false], done() {}, stop() {} };
}

/** One file; `copies`: its bytes are somebody else's. */
function ofFile(file: Promise<Uint8Array>, stop: () => void, copies: boolean): Files {
  const parts = quiet(file.then(async (bytes) => (await loadChunk(import("./nn-file.js"))).takeApart(bytes)));
  return {
    plan: quiet(parts.then(({ plan }) => plan)),
    weights: async () => {
      const { weights } = await parts;
      return [copies ? weights.slice() : weights, false];
    },
    wasm: quiet(parts.then(({ wasm }) => wasm)),
    done() {},
    stop,
  };
}

/** How a model's files are had, each time that it is loaded. @internal */
export function filesOf(source: ModelSource, maxBytes: number, report?: Report): (isFresh: boolean) => Files {
  const arrival = (): Arrival => new Arrival(maxBytes, report);
  if (typeof source === "string" || source instanceof URL) {
    const url = new URL(source, baseUrl());
    if (!url.pathname.endsWith(".wasm")) return (isFresh) => ofFolder(url, arrival(), isFresh);
    return () => {
      const one = arrival();
      return ofFile(one.fetch(url, true), one.end, false);
    };
  }
  const both = ofBytes(Object(source));
  if (both) return () => both;
  const one = arrival();
  const bytes = one.read(source as Source, true);
  return () => ofFile(bytes, one.end, true);
}
