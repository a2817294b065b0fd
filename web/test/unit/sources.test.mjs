// What a source is that is no file: the error says so, and nothing is read in vain.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { describe, test } from "node:test";

const dist = new URL("../../dist/node.js", import.meta.url);
const skip = existsSync(dist) ? false : "web/dist is not built: make wasm, npm run build";

describe("sources", { skip }, async () => {
  const { decode, decodeProgressive, info } = skip ? {} : await import(dist);
  const readers = { decode, info, decodeProgressive: (source, options) => decodeProgressive(source, () => {}, options) };

  test("a page in place of the file: its URL and what the server called it", async () => {
    const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>not here</title>"));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${server.address().port}/photo.vrn`;
    try {
      for (const [name, read] of Object.entries(readers)) {
        const said = await read(await fetch(url)).catch((error) => error);
        assert.equal(said.code, "stream.magic", name);
        assert.ok(said.message.endsWith(`${url} was answered as text/html`), said.message);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test("a Response that was read before", async () => {
    for (const [name, read] of Object.entries(readers)) {
      const response = new Response(new Uint8Array(100));
      await response.arrayBuffer();
      await assert.rejects(read(response), { code: "param.type", message: /was read before.*clone/ }, name);
    }
  });

  test("a Blob that is too long is not read", async () => {
    for (const [name, read] of Object.entries(readers)) {
      let pulls = 0;
      const stream = () => new ReadableStream({ pull: (c) => (pulls++, c.enqueue(new Uint8Array(1000))) }, { highWaterMark: 0 });
      await assert.rejects(read({ size: 5000, stream }, { maxBytes: 4999 }), { code: "limit.file_size" }, name);
      assert.equal(pulls, 0, name);
    }
  });
});
