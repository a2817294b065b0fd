import { show } from "./display.js";
import { asVaeransError, parseError } from "./errors.js";
import { compileInlined } from "./inlined.js";
import { MOST_BYTES } from "./limits.js";
import { loadModule, plainVariant } from "./loader.js";
import type { WasmFiles } from "./host.js";
import { startLocal } from "./local.js";
import { isOfCodec } from "./of-codec.js";
import { Picture } from "./picture.js";
import type { Slot } from "./slot.js";
import { readAll } from "./source.js";
import { spaceOf } from "./space.js";
import { Store } from "./store.js";
import type { LearnedDecoder, Raw, Refused, Source, WasmSource } from "./types.js";

export interface ServiceOptions {
  /** What the browser gets: "image/png", which is the default and lossless, or "image/webp" where the browser writes it. */
  type?: "image/png" | "image/webp" | undefined;
  /** Of the WebP, 0 to 1; 1, which is the default, is lossless in Chromium. */
  quality?: number | undefined;
  /** Bytes of converted pictures to keep; 64 MiB by default, 0: none. */
  maxCacheBytes?: number | undefined;
  /** Name of the cache in Cache Storage. */
  cacheName?: string | undefined;
  /** Which requests for pictures to answer; by default those whose path ends with .vrn, in small or capital letters. */
  match?: ((url: URL, request: Request) => boolean) | undefined;
  /** In place of the package's own decoder file. */
  wasm?: WasmSource | undefined;
  /** `learned()` of vaerans/sw/vae: decodes files of the learned codec, which are handed on as they are without it. */
  learned?: LearnedDecoder | undefined;
}

/** The parts of a FetchEvent that are used: TypeScript's library of pages does not know it. */
export interface FetchEventLike {
  readonly request: Request;
  respondWith(response: Promise<Response> | Response): void;
  waitUntil(work: Promise<unknown>): void;
}

const decoderFiles: WasmFiles = {
  url: async (variant) => (variant === "simd" ? new URL("./wasm/decoder-simd.wasm", import.meta.url) : new URL("./wasm/decoder-base.wasm", import.meta.url)),
  get: (url) => fetch(url),
  rescue: (variant, error) => compileInlined(`decoder-${variant}`, undefined, error, "the option wasm"),
};

/** A decode job's arguments between the bytes and whether RGBA is wanted: all of a whole file at its full size. */
const WHOLE = [0, 0, 0, 0, 0, false, MOST_BYTES, 0, 0, 1] as const;

let running: Promise<Slot> | undefined;

async function startDecoder(wasm?: WasmSource): Promise<Slot> {
  const slot = startLocal();
  await slot.call("boot", [{ module: await loadModule(decoderFiles, plainVariant(), wasm) }]);
  return slot;
}

/**
 * Decodes a .vrn file in a service worker, for one that does more with pictures than to answer for `<img>`. The functions of
 * `vaerans` itself cannot run there: they load what they need when it is needed, which a service worker may not.
 *
 * @throws {VaeransError} as `decode` of `vaerans`
 * @example
 * const { width, height } = await decode(await fetch("photo.vrn"));
 */
export async function decode(source: Source, options: Pick<ServiceOptions, "wasm" | "learned"> = {}): Promise<Picture> {
  const stop = new AbortController();
  try {
    return await decodeBytes(await readAll(source, { stop, signal: stop.signal, maxBytes: MOST_BYTES, limits: [] }), options, false);
  } catch (error) {
    throw asVaeransError(error);
  }
}

/** The bytes stay where they are: the instance is on this thread. */
async function decodeBytes(bytes: Uint8Array, { wasm, learned }: Pick<ServiceOptions, "wasm" | "learned">, rgba: boolean): Promise<Picture> {
  const job = [...WHOLE, rgba];
  let slot: Slot | undefined;
  try {
    slot = await (running ??= startDecoder(wasm).catch((error) => {
      running = undefined;
      throw error;
    }));
    let raw = (await slot.call("decode", [bytes, ...job])) as Raw | Refused;
    if ("error" in raw) {
      if (!learned || !isOfCodec(raw.error)) throw parseError(raw.error);
      raw = (await learned(raw.bytes, job)) as Raw;
    }
    return new Picture(raw, spaceOf(raw.icc));
  } catch (error) {
    if (slot?.dead) running = undefined;
    throw error;
  }
}

/** A .vrn file as a picture that the browser shows by itself: upright, in its colour space. */
async function convert(bytes: Uint8Array, options: ServiceOptions): Promise<Blob> {
  const canvas = new OffscreenCanvas(1, 1);
  show(await decodeBytes(bytes, options, true), canvas);
  return canvas.convertToBlob({ type: options.type ?? "image/png", quality: options.quality ?? 1 });
}

/** Of the file and of what it is converted to: another file or other options, another picture. */
async function digest(bytes: Uint8Array, { type, quality }: ServiceOptions): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource));
  return `${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")} ${type ?? "image/png"} ${quality ?? 1}`;
}

async function respond(event: FetchEventLike, options: ServiceOptions): Promise<Response> {
  const { request } = event;
  const store = new Store(options.cacheName ?? "vaerans", options.maxCacheBytes ?? 64 << 20);
  let response;
  try {
    response = await fetch(request);
  } catch (error) {
    const kept = await store.get(request.url); // offline
    if (kept) return kept;
    throw error;
  }
  if (!response.ok || response.type === "opaque") return response;
  const original = response.clone();
  try {
    const bytes = new Uint8Array(await response.arrayBuffer());
    const tag = await digest(bytes, options);
    const kept = await store.get(request.url, tag);
    if (kept) return kept;
    const picture = await convert(bytes, options);
    event.waitUntil(store.put(request.url, tag, picture));
    return new Response(picture, { headers: { "content-type": picture.type } });
  } catch (error) {
    console.warn(`vaerans: ${request.url}, answered as ${original.headers.get("content-type")}, is handed on as it is: ${error}`);
    return original;
  }
}

const isVrn = ({ pathname }: URL): boolean => /\.vrn$/i.test(pathname);

/**
 * Answers a request for a .vrn picture with a PNG or WebP, so that a plain `<img src="photo.vrn">` works. For the `fetch` listener
 * of a service worker that does other things too; call it before the listener returns. What `fetch()` in a page asks for is
 * not touched, nor are pictures of another origin that are asked for without CORS; what cannot be decoded is handed on as it is.
 *
 * @returns whether it answers
 * @example
 * addEventListener("fetch", (event) => handle(event) || event.respondWith(caches.match(event.request)));
 */
export function handle(event: FetchEventLike, options: ServiceOptions = {}): boolean {
  const { request } = event;
  const url = new URL(request.url);
  const isReadable = request.mode !== "no-cors" || url.origin === location.origin;
  if (request.method !== "GET" || request.destination !== "image" || !isReadable || !(options.match ?? isVrn)(url, request)) return false;
  event.respondWith(respond(event, options));
  return true;
}

/**
 * Makes this service worker one that answers for .vrn pictures and does nothing else; it takes over open pages at once.
 *
 * @example
 * // sw.js, registered with navigator.serviceWorker.register("/sw.js", { type: "module" })
 * import { install } from "vaerans/sw";
 * install();
 */
export function install(options: ServiceOptions = {}): void {
  const worker = globalThis as unknown as { skipWaiting(): void; clients: { claim(): Promise<void> } };
  const on = addEventListener as unknown as (type: string, listener: (event: FetchEventLike) => void) => void;
  on("install", () => worker.skipWaiting());
  on("activate", (event) => event.waitUntil(worker.clients.claim()));
  on("fetch", (event) => handle(event, options));
}
