const TAG = "x-vaerans-source";

const sizeOf = (response: Response): number => Number(response.headers.get("content-length"));

let turn: Promise<unknown> = Promise.resolve();

/** Converted pictures in Cache Storage, by URL; the oldest go when there are more than `limit` bytes. @internal */
export class Store {
  constructor(
    private readonly name: string,
    private readonly limit: number,
  ) {}

  /** The picture of a URL; with a `tag` only if it was made from that. Cache Storage may be full or forbidden: then none. */
  async get(url: string, tag?: string): Promise<Response | undefined> {
    try {
      const kept = await (await caches.open(this.name)).match(url);
      return !tag || kept?.headers.get(TAG) === tag ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  /** One after another, so that the bound holds. */
  put(url: string, tag: string, picture: Blob): Promise<void> {
    const work = turn.then(() => this.keep(url, tag, picture)).catch(() => {});
    turn = work;
    return work;
  }

  private async keep(url: string, tag: string, picture: Blob): Promise<void> {
    const cache = await caches.open(this.name);
    await cache.delete(url);
    if (picture.size > this.limit) return;
    const keys = await cache.keys(); // in order of arrival
    const kept = await Promise.all(keys.map(async (key) => ({ key, size: sizeOf((await cache.match(key)) ?? new Response()) })));
    let sum = kept.reduce((total, { size }) => total + size, picture.size);
    for (const { key, size } of kept) {
      if (sum <= this.limit) break;
      await cache.delete(key);
      sum -= size;
    }
    const headers = { "content-type": picture.type, "content-length": String(picture.size), [TAG]: tag };
    await cache.put(url, new Response(picture, { headers }));
  }
}
