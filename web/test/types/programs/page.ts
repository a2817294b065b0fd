// What pages do with the results, beside the blocks of README.md.
import { Picture, VaeransError, decode, decodeProgressive, encode, info, init } from "vaerans";
import type { ErrorCode, FileInfo, Samples, Source } from "vaerans";
import { decode as decodeAlone } from "vaerans/decode";
import { define as defineLean } from "vaerans/decode/img";
import { define } from "vaerans/img";
import "vaerans/img.css";
import type { VaeransImg } from "vaerans/img";
import type { LearnedModel } from "vaerans/learned";
import { ANSEncode, QuantizeU8, World } from "vaerans/pipe";

const response = await fetch("photo.vrn");
const picture: Picture = await decode(response, { scale: 1 / 2, signal: AbortSignal.timeout(1000) });
const bytes = await encode(picture, { quality: 80 });
new Blob([await encode(picture.toImageData())], { type: "image/x-vaerans" });
new Blob([bytes, picture.meta.icc, picture.data]);
await fetch("upload", { method: "POST", body: bytes });
await crypto.subtle.digest("SHA-256", bytes);
const writable = new WritableStream<Uint8Array>();
await writable.getWriter().write(bytes);
URL.createObjectURL(new Blob([bytes]));
new File([bytes], "photo.vrn");
const buffer: ArrayBufferLike = bytes.buffer;

await encode(await decode(bytes, { region: { x: 0, y: 0, width: 8, height: 8 } }));
await encode({ data: picture.data, width: picture.width, height: picture.height, channels: picture.channels });
await encode({ data: new Uint16Array(12), width: 2, height: 2 });
await encode(await createImageBitmap(new Blob([bytes])), { icc: picture.meta.icc, exif: picture.meta.exif.buffer as ArrayBuffer });
const sources: Source[] = [bytes, buffer as ArrayBuffer, new Blob(), response, response.body!, new DataView(new ArrayBuffer(1)), new File([], "x")];
const headers: FileInfo[] = await Promise.all(sources.map((source) => info(source)));
// @ts-expect-error a URL is to be fetched first
await decode("photo.vrn");
// @ts-expect-error there is no such option
await decode(bytes, { quality: 3 });
await decode(bytes, { rgba: true });
// @ts-expect-error true or false
await decode(bytes, { rgba: 4 });

document.createElement("canvas").getContext("2d")?.putImageData(picture.toImageData(), 0, 0);
const ctx = document.createElement("canvas").getContext("2d")!;
await encode(ctx.getImageData(0, 0, 1, 1));
await decodeProgressive(response, (level, { scale }) => ctx.putImageData(level.toImageData(), scale, 0), { rgba: true, onHeader: ({ width }) => width });

const samples: Samples = picture.data;
if (samples instanceof Uint8Array) new ImageData(new Uint8ClampedArray(samples.buffer), 1);
const first: number | bigint | undefined = samples[0];

define();
defineLean();
await encode(await decodeAlone(bytes));
const element: VaeransImg = document.createElement("vaerans-img");
element.addEventListener("load", (event) => console.log(event.detail.width + event.detail.height, event.detail.fallback, event.target));
element.addEventListener("error", ({ detail }) => console.log(detail.code.length), { once: true });
element.addEventListener("progress", function ({ detail }) {
  console.log(this.naturalWidth, detail.scale, detail.done);
});
element.addEventListener("click", (event) => console.log(event.clientX));
element.addEventListener("own-event", (event: Event) => console.log(event.type));
const listener = (event: CustomEvent<{ width: number }>): void => console.log(event.detail.width);
element.addEventListener("load", listener);
element.removeEventListener("load", listener);
// @ts-expect-error a progress has no width
element.addEventListener("progress", ({ detail }) => detail.width);
document.querySelector("vaerans-img")?.addEventListener("load", (event) => event.detail.width.toFixed());
document.body.append(element);
const parent: HTMLElement = element;

const world = await World.create();
const eid = world.spawnImage(ctx.getImageData(0, 0, 1, 1));
world.put(eid, "Latent4", new Float32Array(4), [4, 1, 1]);
const stream = world.pipe(eid).to(new QuantizeU8()).to(new ANSEncode()).out("Bitstream");
new Blob([stream.bytes()]);
world.put(eid, "Again", stream.data, stream.shape);

try {
  await decode(bytes);
} catch (error) {
  if (error instanceof VaeransError) {
    const code: ErrorCode = error.code;
    console.log(code, error.message, error.cause);
  }
}
export { first, headers, parent };

await encode(picture, { profile: "vae", targetBytes: 9000, fallback: false });
export const learn = (model: LearnedModel): Promise<Uint8Array> => model.encode(picture, { quality: 40 });
// @ts-expect-error the codec that ships alone has a target
export const aim = (model: LearnedModel): Promise<Uint8Array> => model.encode(picture, { targetBytes: 9000 });

// Options that a page was itself given, or not.
interface Choice {
  quality?: number;
  signal?: AbortSignal;
}
const coded = ({ quality, signal }: Choice): Promise<Uint8Array> => encode(picture, { quality, signal, maxError: undefined, icc: undefined });
const shrunk = (scale?: number): Promise<Picture> => decode(bytes, { scale, region: undefined, maxBytes: undefined });
await init({ threads: undefined, wasm: undefined });
await coded({});
new QuantizeU8({ per: undefined });
await World.create({ arenaBytes: undefined, wasm: undefined });
await shrunk();
// What forms and drops hand out.
const input = document.createElement("input");
input.addEventListener("change", async () => {
  const file = input.files?.[0];
  if (file) await decode(file);
});
document.addEventListener("drop", async ({ dataTransfer }) => {
  for (const file of dataTransfer?.files ?? []) new Blob([await encode(await createImageBitmap(file))], { type: "image/x-vaerans" });
});
document.addEventListener("paste", async (event) => {
  const file = event.clipboardData?.items[0]?.getAsFile();
  if (file) await info(file);
});
const link = document.createElement("a");
link.href = URL.createObjectURL(new Blob([bytes]));
const kept = new FormData();
kept.append("photo", new Blob([bytes]), "photo.vrn");
navigator.sendBeacon("/upload", bytes);
await caches.open("a").then((cache) => cache.put("/a.vrn", new Response(bytes)));
const bitmap = await createImageBitmap(picture.toImageData());
new OffscreenCanvas(1, 1).getContext("2d")?.drawImage(bitmap, 0, 0);
const worker = new Worker("w.js");
worker.postMessage(bytes, [bytes.buffer]);
const ratio: number = (await info(new Blob([bytes]))).levelBytes[0] ?? 0;
