import { fail } from "./errors.js";
import type { VaeransError } from "./errors.js";
import { Intake } from "./source.js";
import { Store } from "./store.js";
import type { InitOptions, ModelUrls } from "./types.js";
import { baseUrl, ownFolder, vaeKind } from "./vae-host.js";

/** Bytes of codecs' files that a page keeps. */
const MOST_KEPT = 2 ** 27;
const store = new Store("vaerans-codecs", MOST_KEPT);

/** A network's plan and weights. */
type Part = "decoder" | "enhancement" | "encoder" | "analysis";

/** Where the files of a codec are: as the page said, else in a folder beside the scripts. */
function urlsOf(model: InitOptions["model"]): ModelUrls {
  if (model && typeof model === "object" && "head" in model) return model;
  const base = new URL((model ?? ownFolder()) as string, baseUrl());
  const at = (path: string): URL => Object.assign(new URL(base), { pathname: base.pathname.replace(/\/?$/, `/${path}`) });
  const network = (name: Part): { plan: URL; weights: URL } => ({ plan: at(`${name}/plan.bin`), weights: at(`${name}/weights.bin`) });
  return {
    head: at("head.bin"),
    predictor: at("predictor.bin"),
    decoder: network("decoder"),
    enhancement: network("enhancement"),
    encoder: network("encoder"),
    analysis: network("analysis"),
  };
}

/** Files of a codec on their way, from the cache where they were kept under its name. @internal */
export class CodecFiles {
  private loaded = 0;
  private total = 0;
  /** What was fetched, by URL, for the cache. */
  private readonly fresh = new Map<string, Blob>();
  /** Whether the cache is asked, and whether it had something. */
  private asksCache = !!globalThis.caches;
  private hadKept = false;

  constructor(
    private readonly options: InitOptions,
    private readonly signal: AbortSignal,
    /** Name of the codec; none: whichever lies there, whose head is asked for. */
    private tag: string,
    private readonly label: string,
  ) {}

  /** Has them taken: head, predictor, then plan and weights of these networks. Where some were kept and are wrong, all are fetched anew, once. */
  async give(parts: Part[], take: (files: Uint8Array[]) => Promise<unknown>): Promise<void> {
    try {
      await take(await this.all(parts));
    } catch (error) {
      if (!this.hadKept || !/^model\./.test((error as VaeransError | undefined)?.code ?? "")) throw error;
      this.asksCache = this.hadKept = false;
      await take(await this.all(parts));
    }
  }

  private async all(parts: Part[]): Promise<Uint8Array[]> {
    const urls = urlsOf(this.options.model);
    const networks = parts.flatMap((part) => {
      const { plan, weights } = urls[part] ?? fail("model.missing_file", `init({ model }) names no ${part}`);
      return [plan, weights];
    });
    const head = this.head(new URL(urls.head, baseUrl()));
    if (!this.tag) await head; // the others are kept under its name
    return Promise.all([head, ...[urls.predictor, ...networks].map((url) => this.file(new URL(url, baseUrl())))]);
  }

  /** The head, looked at: another codec's files may lie there. A page without HTTPS cannot tell, and keeps none. */
  private async head(url: URL): Promise<Uint8Array> {
    const head = await this.file(url);
    const { subtle } = globalThis.crypto ?? {};
    if (!subtle) return head;
    const digest = new Uint8Array(await subtle.digest("SHA-256", head as BufferSource));
    const name = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.tag ||= name.slice(0, 16);
    if (!name.startsWith(this.tag)) this.missing(`${url} is another codec's`);
    return head;
  }

  /** They were right: they may be kept. */
  async keep(): Promise<void> {
    if (this.tag) await Promise.all(Array.from(this.fresh, ([url, blob]) => store.put(url, this.tag, blob)));
  }

  private async file(url: URL): Promise<Uint8Array> {
    const kept = this.tag && this.asksCache ? await store.get(url.href, this.tag) : undefined;
    if (kept) {
      this.hadKept = true;
      return new Uint8Array(await kept.arrayBuffer());
    }
    const bytes = await this.fetched(url);
    if (globalThis.caches) this.fresh.set(url.href, new Blob([bytes as BlobPart]));
    return bytes;
  }

  private async fetched(url: URL): Promise<Uint8Array> {
    const { signal } = this;
    let response;
    try {
      response = await vaeKind.get(url, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (url.protocol === "file:") this.missing(`${url} cannot be read (${error})`);
      return fail("stream.network", `${url}: ${error}`, error);
    }
    const { headers, status } = response;
    if (status === 404 || headers.get("content-type")?.startsWith("text/html")) this.missing(`${url} is not there`);
    if (!headers.has("content-encoding")) this.total += Number(headers.get("content-length"));
    return this.read(response);
  }

  private missing(what: string): never {
    const codec = `the learned codec ${this.label} ${this.tag && `(${this.tag})`}`;
    return fail(
      "model.not_found",
      `${codec} is needed, and ${what}: serve the files of the package vaerans-vae there, or say where they are with init({ model })`,
    );
  }

  /** Reads a file, and tells of all that have arrived. */
  private async read(response: Response): Promise<Uint8Array> {
    const intake = new Intake(response);
    let before = 0;
    intake.arrived = () => {
      this.loaded += intake.length - before;
      before = intake.length;
      this.options.onModelProgress?.({ loaded: this.loaded, total: Math.max(this.total, this.loaded) });
    };
    const { signal } = this;
    await intake.fill({ stop: new AbortController(), signal, maxBytes: MOST_KEPT, limits: [] });
    return intake.takeAll();
  }
}
