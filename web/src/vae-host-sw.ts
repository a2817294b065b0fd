// vae-host.ts for a service worker: what vae-files.ts takes of it.

/** @internal */
export const vaeKind = { get: (url: URL, init: { signal: AbortSignal }): Promise<Response> => fetch(url, init) };

/** @internal */
export const baseUrl = (): string => globalThis.location.href;
export const ownFolder = (): URL => Reflect.construct(URL, ["./vae/", import.meta.url]) as URL;
