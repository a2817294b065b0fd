// What programs of Node do with the results, beside the blocks of README.md; TypeScript's library of pages is not there.
import { createReadStream } from "node:fs";
import { openAsBlob } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { VaeransError, decode, encode, info, init } from "vaerans";
import { ANSEncode, World } from "vaerans/pipe";

const file = await readFile("photo.vrn");
await init({ wasm: { decoder: await readFile("decoder-simd.wasm"), encoder: new URL("file:///encoder-simd.wasm") } });
const picture = await decode(file, { signal: AbortSignal.timeout(1000) });
const again: Uint8Array = await encode(picture, { quality: 50 });
await writeFile("again.vrn", again);
createServer((_, response) => response.end(again));
Buffer.from(again).toString("base64");
new Response(await encode(picture));
new Blob([await encode(picture), picture.meta.icc]);
await decode(await fetch("https://example.org/photo.vrn"));
await decode(Readable.toWeb(createReadStream("photo.vrn")));
await decode(await openAsBlob("photo.vrn"));
await decode(new Blob([]).stream());
await decode(file.buffer);
const { width, isLossless } = await info(file);
const { data, width: columns } = picture.toImageData();
await encode({ data, width: columns, height: data.length / columns / 4 });
const world = await World.create({ wasm: await readFile("pipe-simd.wasm") });
world.pipe(world.spawnBitstream(file)).to(new ANSEncode()).out("Bitstream").bytes();
await decode(file).catch((error: unknown) => (error instanceof VaeransError ? error.code : width > 1 && isLossless));
// @ts-expect-error a path is to be read first
await decode("photo.vrn");
