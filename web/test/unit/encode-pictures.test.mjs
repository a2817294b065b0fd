// The command vaerans-encode reads pictures as the Python package does: the readers are the same.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { chunk, dist, pictures, png, skip, workshop } from "./encode-kit.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const python = process.env.VAERANS_PYTHON ?? join(root, ".venv/bin/python");
const profile = Buffer.alloc(132);
profile.write("RGB ", 16);
profile.write("acsp", 36);
const ofInk = Buffer.from(profile);
ofInk.write("CMYK", 16);
const iccp = (profile) => [chunk("iCCP", Buffer.concat([Buffer.from("name\0\0"), deflateSync(profile)]))];

describe("pictures", { skip }, async () => {
  const { decode, info } = skip ? {} : await import(new URL("node.js", dist));
  const { home, put, run, ran } = workshop();
  for (const [name, bytes] of Object.entries(pictures)) put(`in/${name}`, bytes);
  put("in/profile.png", png(30, 20, undefined, iccp(profile)));
  put("in/ink.png", png(30, 20, undefined, iccp(ofInk)));
  put("in/gamma.png", png(30, 20, undefined, [chunk("gAMA", [0, 1, 0x86, 0xa0])]));
  const read = (folder, name) => readFileSync(join(home, folder, name.replace(/\.\w+$/, ".vrn")));

  test("JPEG, WebP, TIFF, PNG: samples, orientation and EXIF block", async () => {
    const { code, stderr } = await run("in", "-o", "out", "--lossless");
    const told = ["in/ink.png: left out: the ICC profile is for CMYK, the picture is RGB", "in/moves.png: the first of 2 pictures is taken"];
    assert.deepEqual([code, stderr.split("\n").sort()], [0, ["", ...told.map((line) => `vaerans-encode: ${line}`)]]);
    const red = await decode(read("out", "rgb.jpg"));
    assert.ok(
      red.data.every((value, i) => value === (i % 3 ? 0 : 255)),
      "RGB without a marker that says so",
    );
    const turned = await info(read("out", "turned.jpg"));
    assert.deepEqual([turned.width, turned.height, turned.orientation, turned.exifBytes > 0], [20, 14, 8, true]);
    const moves = await decode(read("out", "moves.png"));
    assert.deepEqual([moves.channels, ...moves.data.slice(0, 4)], [4, 1, 2, 3, 0]);
    assert.equal((await info(read("out", "profile.png"))).iccBytes, 132);
    assert.ok((await info(read("out", "gamma.png"))).iccBytes > 132, "a gamma that is not that of sRGB is kept as a profile");
    assert.deepEqual([(await info(read("out", "photo.webp"))).width, (await info(read("out", "page.tif"))).height], [20, 5]);
  });

  test("the bytes of the command of Python", { skip: existsSync(python) ? false : `no ${python}` }, async () => {
    for (const options of [[], ["--lossless"], ["--quality", "30", "--tile", "64"], ["--max-error", "2"]]) {
      const native = await ran(python, ["-m", "vaerans_ecs.cli", "compress", "in", "-o", `python${options}`, ...options]);
      assert.equal(native.code, 0, native.stderr);
      assert.equal((await run("in", "-o", `node${options}`, ...options)).code, 0);
      const names = readdirSync(join(home, `python${options}`));
      assert.equal(names.length, Object.keys(pictures).length + 3);
      for (const name of names) assert.ok(read(`node${options}`, name).equals(read(`python${options}`, name)), `${name} ${options}`);
    }
  });
});
