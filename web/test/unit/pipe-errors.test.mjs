// What vaerans/pipe refuses, with which code, and that its world goes on.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { api, bands, cases, codeOf, dist, latent, latentShape, sha256, skip, world } from "./pipe-kit.mjs";

describe("errors of pipes", { skip }, () => {
  const { ANSEncode, Hadamard4, OnnxVAEEncode, PILVAEDecode, System, VaeransError, WaveletCDF53, World } = api;

  test("errors have the core's codes, and the world goes on", async () => {
    const [w, eid] = await world();
    const pipe = () => w.pipe(eid);
    assert.equal(
      codeOf(() => pipe().to(new Hadamard4({ sise: 4 }))),
      "param.unknown",
    );
    assert.equal(
      codeOf(() => pipe().to(new WaveletCDF53({ levels: 2.5 }))),
      "param.type",
    );
    assert.equal(
      codeOf(() => pipe().to(new WaveletCDF53({ levels: 99 }))),
      "param.range",
    );
    assert.equal(
      codeOf(() => pipe().to(new WaveletCDF53({ levels: 3n }))),
      "param.type",
    );
    assert.equal(
      codeOf(() => pipe().to(new OnnxVAEEncode())),
      "unavailable.feature",
    );
    assert.equal(
      codeOf(() => pipe().to(new PILVAEDecode())),
      "unavailable.feature",
    );
    assert.equal(
      codeOf(() => pipe().to({ name: "Hadamard4" })),
      "pipe.wrong_kind",
    );
    assert.equal(
      codeOf(() => pipe().to(new System("Nothing"))),
      "param.unknown",
    );
    assert.equal(
      codeOf(() => pipe().out()),
      "pipe.missing_input",
    );
    assert.equal(
      codeOf(() => pipe().to(new ANSEncode()).out()),
      "pipe.wrong_kind",
    );
    assert.equal(
      codeOf(() => pipe().to(new Hadamard4()).out("Bitstream")),
      "pipe.missing_component",
    );
    assert.equal(
      codeOf(() => pipe().to(new WaveletCDF53()).to(Hadamard4.inverse()).out()),
      "pipe.wrong_kind",
    );
    for (const gone of [77, -1, 0.5, NaN, "1"])
      assert.equal(
        codeOf(() => w.despawn(gone)),
        "pipe.unknown_entity",
      );
    assert.equal(
      codeOf(() => w.pipe(77).to(new Hadamard4()).out()),
      "pipe.unknown_entity",
    );
    assert.equal(
      codeOf(() => w.component(eid, "RGB")),
      "pipe.missing_component",
    );
    assert.equal(
      codeOf(() => w.component(eid, undefined)),
      "param.type",
    );
    assert.equal(
      codeOf(() => w.put(eid, "Latent4", latent, [4, 48, 81])),
      "param.shape",
    );
    assert.equal(
      codeOf(() => w.put(eid, "Latent4", latent, [4, 48.5, 80])),
      "param.shape",
    );
    assert.equal(
      codeOf(() => w.put(eid, "Latent4", "text", [4])),
      "param.type",
    );
    assert.equal(
      codeOf(() => w.put(eid, "Mine", latent, latentShape, "Nonsense")),
      "param.range",
    );
    const broken = latent.slice();
    broken[5] = NaN;
    const other = w.newEntity();
    w.put(other, "Latent4", broken, latentShape);
    assert.equal(
      codeOf(() => bands(w.pipe(other)).out("Bitstream")),
      "data.not_finite",
    );
    assert.equal(
      codeOf(() => w.spawnBitstream(new Uint8Array(40))),
      "stream.magic",
    );
    const file = bands(pipe()).out("Bitstream").bytes();
    assert.equal(
      codeOf(() => w.spawnBitstream(file.subarray(0, 100))),
      "stream.truncated",
    );
    file[file.length - 9] ^= 1;
    assert.equal(
      codeOf(() => w.spawnBitstream(file)),
      "stream.checksum",
    );
    w.put(eid, "Mine", latent, latentShape, "Latent");
    assert.equal(w.component(eid, "Mine").kind, "Latent");
    assert.equal(sha256(bands(pipe().use("Latent4")).out("Bitstream").bytes()), cases["quick start"].expected.sha256);
    await assert.rejects(World.create({ arenaBytes: 0 }), { code: "param.range" });
    const [small, one] = await world([], { arenaBytes: 4096 });
    assert.equal(
      codeOf(() => small.put(one, "Latent4", latent, latentShape)),
      "limit.arena",
    );
  });

  test("the class of errors is that of the package's main entry", async () => {
    const main = await import(new URL("node.js", dist));
    assert.equal(main.VaeransError, VaeransError);
    await assert.rejects(World.create({ wasm: new Uint8Array(8) }), { code: "unavailable.wasm" });
  });
});
