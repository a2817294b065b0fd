// Learned models with the real module: the golden files of tests/golden, to the bit, with the model that Python ships.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import { dist, sha256 } from "./pipe-kit.mjs";

const entry = new URL("learned-node.js", dist);
const skip = existsSync(entry) ? false : "web/dist has no learned models: make wasm, npm run build";
const golden = new URL("../../../tests/golden/", import.meta.url);
const shipped = new URL("../../../python/vaerans_ecs/data/pil", import.meta.url);
const { LearnedModel, modelsOf, VaeransError } = skip ? {} : await import(entry);
const json = (name) => JSON.parse(readFileSync(new URL(name, golden), "utf8"));
const file = (name) => readFileSync(new URL(`${name}.vrn`, golden));
const bytes = (part) => ({ plan: readFileSync(`${shipped.pathname}/${part}/plan.bin`), weights: readFileSync(`${shipped.pathname}/${part}/weights.bin`) });
const code = (expected) => (error) => error instanceof VaeransError && error.code === expected;

test("files have the pixels that they have in Python and Rust", { skip }, async () => {
  const model = await LearnedModel.load(shipped);
  const rows = json("checksums.json");
  for (const name of Object.keys(rows).filter((name) => name.startsWith("vae_native"))) {
    const picture = await model.decode(file(name));
    assert.deepEqual(picture.shape, rows[name].shape, name);
    assert.equal(sha256(picture.data), rows[name].sha256, name);
  }
  const small = await model.decode(file("vae_native"), { scale: 1 / 2, region: { x: 10, y: 4, width: 20, height: 8 } });
  assert.deepEqual(small.shape, [4, 10, 3]);
  const { data, shape } = await model.decode(file("vae_native"), { rgba: true });
  assert.deepEqual([shape[2], sha256(data)], [4, sha256((await model.decode(file("vae_native"))).toImageData().data)]);
  // A file without a network too.
  assert.equal(sha256((await model.decode(file("photo_lossy"))).data), rows.photo_lossy.sha256);
});

test("the encoder writes the bytes that Python's writes", { skip }, async () => {
  const model = await LearnedModel.load(shipped);
  assert.ok(model.encodes && model.channels === 4 && model.downscale === 2);
  const written = json("encoded.json");
  const photo = await model.decode(file("vae_native_lossless"));
  const { data, width, height } = photo;
  const named = (name) => (name === "vae_native" ? { quality: 60 } : name.endsWith("lossless") ? { lossless: true } : { quality: 40, maxError: 3 });
  for (const name of Object.keys(written).filter((name) => name.startsWith("vae_native"))) {
    const mine = await model.encode({ data, width, height }, named(name));
    // Python's files say what the model was compiled from, and its name.
    const back = await model.decode(mine);
    assert.equal(sha256(back.data), json("checksums.json")[name].sha256, name);
    assert.ok(mine.length < file(name).length && mine.length > file(name).length - 80, name);
  }
});

test("a file says which model it needs", { skip }, async () => {
  const model = await LearnedModel.load({ decoder: bytes("decoder") });
  const [needed, ...others] = await modelsOf(file("vae_native"));
  assert.deepEqual([needed.sha256, needed.name, others.length], [model.sha256, "pil", 0]);
  assert.deepEqual(await modelsOf(file("photo_lossy")), []);
  assert.equal(sha256((await model.decode(file("vae_native"))).data), json("checksums.json").vae_native.sha256);
  const picture = { data: new Uint8Array(12), width: 2, height: 2 };
  await assert.rejects(model.encode(picture), code("model.missing_file"));
  model.dispose();
  await assert.rejects(model.decode(file("vae_native")), code("param.type"));
});

test("a model comes from a server, and needs none once it is there", { skip }, async () => {
  const server = createServer(({ url }, answer) => {
    const path = url.replace(/^\/\w+/, "");
    if (url.startsWith("/page")) answer.writeHead(200, { "content-type": "text/html" }).end("<p>");
    else if (url.startsWith("/half") && path.startsWith("/encoder")) answer.writeHead(404).end();
    else if (url.startsWith("/none")) answer.writeHead(404).end();
    else answer.writeHead(200).end(readFileSync(`${shipped.pathname}${path}`));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const root = `http://127.0.0.1:${server.address().port}`;
  try {
    const [model, half] = await Promise.all([LearnedModel.load(`${root}/pil/`), LearnedModel.load(new URL(`${root}/half`))]);
    assert.deepEqual([model.encodes, half.encodes], [true, false]);
    assert.equal((await LearnedModel.load(`${root}/pil`, { encoder: false })).encodes, false);
    await assert.rejects(LearnedModel.load(`${root}/page`), code("stream.network"));
    await assert.rejects(LearnedModel.load(`${root}/none`), code("model.not_found"));
    await assert.rejects(LearnedModel.load(`${root}/pil`, { signal: AbortSignal.abort(new Error("enough")) }), /enough/);
    server.close();
    server.closeAllConnections();
    const photo = await model.decode(file("vae_native_lossless"));
    assert.equal((await half.decode(await model.encode(photo, { quality: 50 }))).width, photo.width);
  } finally {
    server.close();
  }
});

test("what is no model, and no file of it, is refused", { skip }, async () => {
  const [decoder, encoder] = [bytes("decoder"), bytes("encoder")];
  const load = (source) => LearnedModel.load(source);
  await assert.rejects(load({}), code("param.type"));
  await assert.rejects(load({ decoder: { plan: "x", weights: "y" } }), code("param.type"));
  await assert.rejects(load({ decoder: { ...decoder, weights: new Uint8Array(3) } }), code("model.weights"));
  await assert.rejects(load({ decoder: { ...decoder, plan: new Uint8Array(3) } }), code("model.plan"));
  await assert.rejects(load({ decoder: encoder }), code("model.shape"));
  const model = await load({ decoder, encoder });
  await assert.rejects(model.decode(new Uint8Array(9)), (error) => error.code.startsWith("stream."));
  await assert.rejects(model.decode(file("vae")), code("unavailable.feature"));
  const alpha = { data: new Uint8Array(16), width: 2, height: 2 };
  await assert.rejects(model.encode(alpha), code("param.shape"));
  await assert.rejects(model.encode({ ...alpha, data: new Uint8Array(12) }, { quality: 101 }), code("param.range"));
  await assert.rejects(model.encode({ ...alpha, data: new Uint8Array(12) }, { maxBytes: 10 }), (error) => error.code.startsWith("limit."));
  const good = file("vae_native");
  for (let at = 0; at < good.length; at += 7) {
    const damaged = Uint8Array.from(good);
    damaged[at] ^= 0x55;
    await assert.rejects(model.decode(damaged), VaeransError, `byte ${at}`);
  }
});
