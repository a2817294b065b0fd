import { decode, handle, install } from "vaerans/sw";

declare const self: ServiceWorkerGlobalScope;
install({ maxCacheBytes: 1 << 20, type: "image/webp" });
self.addEventListener("fetch", (event) => {
  if (!handle(event, { match: ({ pathname }) => pathname.endsWith(".vrn") })) event.respondWith(fetch(event.request));
});
export const size = async (): Promise<number> => (await decode(await fetch("photo.vrn"))).width;
