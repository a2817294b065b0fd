// Files of the learned codec with the real modules: what Python decodes and writes, to the bit, and what is wrong with files and folders.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { dist, sha256 } from "./pipe-kit.mjs";

const made = new URL("../../build/vae/", import.meta.url);
const skip = existsSync(new URL("wasm/vae-simd.wasm", dist)) && existsSync(made) ? false : "web/dist has no learned codec, or web/build/vae is not there";
const { VaeransError, decode, decodeProgressive, dispose, encode, getMemoryStats, info, init } = skip ? {} : await import(new URL("node.js", dist));
const { files, region, shape } = skip ? {} : JSON.parse(readFileSync(new URL("cases.json", made), "utf8"));
const model = new URL("model", made);
const file = (name) => new Uint8Array(readFileSync(new URL(`${name}.vrn`, made)));
const code =
  (expected, words = /./) =>
  (error) => {
    assert.ok(error instanceof VaeransError, String(error));
    assert.equal(error.code, expected, error.message);
    assert.match(error.message, words);
    return true;
  };
const same = ({ data, shape }, expected, why) => assert.deepEqual({ shape, sha256: sha256(data) }, expected, why);
const cut = (bytes) => bytes.subarray(0, bytes.length >> 1);
const turned = (bytes) => ((bytes[bytes.length >> 1] ^= 1), bytes);
const folders = [];

/** A copy of the codec's folder in which `change` puts bytes in the place of a file's. */
function changed(name, change) {
  const folder = mkdtempSync(join(tmpdir(), "vaerans-vae-"));
  folders.push(folder);
  cpSync(model, folder, { recursive: true });
  writeFileSync(join(folder, name), change(readFileSync(join(folder, name))));
  return pathToFileURL(folder);
}

afterEach(() => {
  dispose?.();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test("pixels are Python's: whole, in part, smaller, and what a cut file still holds", { skip }, async () => {
  await init({ model });
  for (const [name, expected] of Object.entries(files)) {
    const bytes = file(name);
    same(await decode(bytes), expected.whole, name);
    same(await decode(bytes, { region }), expected.region, `${name}, a part`);
    same(await decode(bytes, { scale: 1 / 2 }), expected.half, `${name}, half the size`);
    same(await decode(bytes.slice(0, expected.first), { allowTruncated: true }), expected.cut, `${name}, cut`);
    const { levels, steps, network } = await info(bytes);
    assert.deepEqual([levels, steps[0], network], [expected.layers, "LayeredVAEEncode", true]);
  }
});

test("a cut file needs no enhancement; several calls at once are several pictures", { skip }, async () => {
  const { two, one } = files;
  await init({ model: { ...urls(), enhancement: undefined } });
  const cut = file("two").slice(0, two.first);
  const [first, second] = await Promise.all([decode(cut, { allowTruncated: true }), decode(file("one"))]);
  same(first, two.cut);
  same(second, one.whole);
  await assert.rejects(decode(file("two")), code("model.missing_file", /enhancement/));
});

/** Each file of the codec by its URL. */
function urls() {
  const at = (path) => new URL(`model/${path}`, made);
  const network = (name) => ({ plan: at(`${name}/plan.bin`), weights: at(`${name}/weights.bin`) });
  const [decoder, enhancement] = [network("decoder"), network("enhancement")];
  return { head: at("head.bin"), predictor: at("predictor.bin"), decoder, enhancement };
}

test("the first layer is painted first, at the full size", { skip }, async () => {
  await init({ model });
  const { first, bytes, cut, whole } = files.two;
  const data = file("two");
  let painted;
  const untilPainted = new Promise((resolve) => (painted = resolve));
  const stream = new ReadableStream({
    async start(controller) {
      controller.enqueue(data.slice(0, first + 9));
      await untilPainted;
      controller.enqueue(data.slice(first + 9));
      controller.close();
    },
  });
  const seen = [];
  await decodeProgressive(stream, (picture, { scale, done, bytes }) => {
    painted();
    seen.push([scale, done, bytes, sha256(picture.data)]);
  });
  assert.deepEqual(seen, [
    [1, false, first + 9, cut.sha256],
    [1, true, bytes, whole.sha256],
  ]);
  const small = [];
  await decodeProgressive(data.slice(0, first), (picture, { scale, done }) => void small.push([scale, done, picture.width]), { scales: [1 / 2] });
  assert.deepEqual(small, [[1 / 2, true, 95]]);
});

test("a smaller paint has its alpha too, which comes last in the file", { skip }, async () => {
  await init({ model });
  const { bytes, first, half, layers } = files.clear;
  assert.ok(layers === 2 && half.shape[2] === 4 && first < bytes);
  const seen = [];
  await decodeProgressive(file("clear"), (picture, { scale, done }) => void seen.push([scale, done, sha256(picture.data)]), { scales: [1 / 4, 1 / 2] });
  assert.deepEqual(seen.at(-1), [1 / 2, true, half.sha256]);
});

test("the encoder writes the bytes that Python's writes", { skip }, async () => {
  await init({ model });
  const [height, width] = shape;
  const samples = (name) => ({ data: new Uint8Array(readFileSync(new URL(name, made))), width, height });
  for (const [name, { options, picture }] of Object.entries(files)) {
    const { max_error: maxError, ...rest } = options;
    assert.equal(sha256(await encode(samples(picture), { profile: "vae", maxError, ...rest })), sha256(file(name)), name);
  }
  const picture = samples("picture.bin");
  await assert.rejects(encode(picture, { profile: "vae", quality: 101 }), code("param.range"));
  await assert.rejects(encode(picture, { profile: "other" }), code("param.unknown"));
});

test("memory is told, and dispose ends the codec's instance too", { skip }, async () => {
  await init({ model });
  await decode(file("two"));
  const modules = () => getMemoryStats().instances.map(({ module }) => module);
  assert.deepEqual(modules(), ["decoder", "vae"]);
  dispose();
  assert.deepEqual(modules(), []);
  await init({ model: changed("head.bin", (bytes) => bytes.subarray(0, 9)) });
  await assert.rejects(decode(file("two")), VaeransError);
});

test("a folder that is not there is named", { skip }, async () => {
  await init({ model: new URL("nowhere/", made) });
  await assert.rejects(decode(file("one")), code("model.not_found", /vae1.*nowhere.*init\(\{ model \}\)/s));
});

test("modules of the page's own: each by its name, and one that is none is told for itself", { skip }, async () => {
  const wasm = (name) => readFileSync(new URL(`wasm/${name}-simd.wasm`, dist));
  const [height, width] = shape;
  const picture = { data: new Uint8Array(readFileSync(new URL("picture.bin", made))), width, height };
  const learned = () => encode(picture, { profile: "vae", quality: 20, fallback: false });
  await init({ model, wasm: { vae: wasm("vae"), vaeencoder: wasm("vaeencoder") } });
  same(await decode(file("one")), files.one.whole);
  assert.equal(sha256(await learned()), sha256(file("one")));
  dispose();
  await init({ model, wasm: { vae: new Uint8Array(9), vaeencoder: new Uint8Array(9) } });
  assert.equal((await decode(await encode(picture))).width, width);
  await assert.rejects(decode(file("one")), code("unavailable.wasm", /vae-simd.*init\(\{ wasm: \{ vae: bytes/s));
  await assert.rejects(learned(), code("unavailable.wasm", /vaeencoder-simd.*init\(\{ wasm: \{ vaeencoder: bytes/s));
});

test("a relative path is one from the working folder", { skip }, async () => {
  await init({ model: `./${relative(process.cwd(), fileURLToPath(model))}` });
  same(await decode(file("one")), files.one.whole);
});

test("another codec's folder is told from the one that a file names", { skip }, async () => {
  await init({ model: changed("head.bin", turned) });
  await assert.rejects(decode(file("one")), code("model.not_found", /vae1.*head\.bin is another codec's/));
});

test("files that are wrong have a code", { skip }, async () => {
  for (const [name, change, expected] of [
    ["head.bin", cut, /^model\./],
    ["head.bin", turned, /^model\./],
    ["predictor.bin", cut, /^model\./],
    ["decoder/weights.bin", cut, /^model\.weights$/],
    ["decoder/weights.bin", turned, /^model\.weights$/],
    ["decoder/plan.bin", cut, /^model\./],
    ["enhancement/weights.bin", () => Buffer.alloc(0), /^model\./],
  ]) {
    await init({ model: changed(name, change) });
    const error = await decode(file("two")).then(
      () => undefined,
      (error) => error,
    );
    assert.ok(error instanceof VaeransError && expected.test(error.code), `${name}: ${error}`);
    dispose();
  }
});

test("damaged files are refused with a code, and leave the codec as it was", { skip }, async () => {
  await init({ model });
  const good = file("two");
  for (let at = 0; at < good.length; at += 97) {
    const damaged = good.slice();
    damaged[at] ^= 0x55;
    await assert.rejects(decode(damaged), VaeransError, `byte ${at}`);
  }
  for (const end of [50, 200, files.two.first, good.length - 1]) await assert.rejects(decode(good.slice(0, end)), code("stream.truncated"));
  await assert.rejects(decode(good, { maxPixels: 100 }), (error) => error.code.startsWith("limit."));
  await assert.rejects(decode(good, { maxBytes: 6000 }), (error) => error.code.startsWith("limit."));
  await assert.rejects(decode(good, { signal: AbortSignal.abort("enough") }), (reason) => reason === "enough");
  same(await decode(good), files.two.whole);
});
