// The command vaerans-encode: what it makes, keeps, refuses and says.
import assert from "node:assert/strict";
import { readFileSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, UsageError } from "../../bin/usage.mjs";
import { dist, pictures, png, resized, skip, workshop } from "./encode-kit.mjs";

const photo = png(20, 12);

describe("the command", { skip }, async () => {
  const { decode } = skip ? {} : await import(new URL("node.js", dist));
  const { home, put, files, run } = workshop();
  put("in/a.png", photo);
  put("in/sub/b.PNG", photo);

  test("a folder through and through, lossless; kept the second time", async () => {
    const first = await run("in", "-o", "out", "--lossless", "--jobs", "2");
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    assert.match(first.stdout, /a\.png\s+20 x 12/);
    assert.match(first.stdout, /2 files/);
    assert.deepEqual(files("out"), ["a.vrn", "sub", join("sub", "b.vrn")]);
    const picture = await decode(readFileSync(join(home, "out/sub/b.vrn")));
    assert.deepEqual([...picture.data.slice(0, 6), picture.meta.isLossless], [0, 0, 50, 9, 0, 50, true]);
    const time = statSync(join(home, "out/a.vrn")).mtimeMs;
    const second = await run("in", "-o", "out");
    assert.equal(second.code, 0);
    assert.match(second.stdout, /a\.png\s+kept/);
    assert.equal(statSync(join(home, "out/a.vrn")).mtimeMs, time);
  });

  test("beside the pictures; the files that it made are no news the next time", async () => {
    put("beside/a.png", photo);
    assert.equal((await run("beside", "-o", "beside")).code, 0);
    const again = await run("beside", "-o", "beside");
    assert.deepEqual([again.code, again.stderr, files("beside")], [0, "", ["a.png", "a.vrn"]]);
  });

  test("what is older than its source is written over with --force alone", async () => {
    await run("in/a.png", "-o", "old", "--lossless");
    utimesSync(join(home, "old/a.vrn"), 1, 1);
    const refused = await run("in/a.png", "-o", "old");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^vaerans-encode: unavailable\.file_exists: in\/a\.png: .*--force/);
    assert.equal((await run("in/a.png", "-o", "old", "--skip-existing")).code, 0);
    assert.equal(statSync(join(home, "old/a.vrn")).mtimeMs, 1000);
    assert.equal((await run("in/a.png", "-o", "old", "--force", "--quality", "30", "--quiet")).stdout, "");
    assert.equal((await decode(readFileSync(join(home, "old/a.vrn")))).meta.isLossless, false);
  });

  test("what fails is told with its code and the rest goes on; nothing half written", async () => {
    put("bad/a.png", photo);
    put("bad/broken.png", photo.subarray(0, 50));
    put("bad/words.jpg", "no picture");
    put("bad/nothing.webp", "");
    const { code, stderr, stdout } = await run("bad", "-o", "out2");
    assert.equal(code, 1);
    assert.match(stderr, /^vaerans-encode: data\.image_damaged: bad\/broken\.png: /m);
    assert.match(stderr, /^vaerans-encode: data\.image_format: bad\/words\.jpg: /m);
    assert.match(stderr, /^vaerans-encode: data\.image_format: bad\/nothing\.webp: /m);
    assert.match(stdout, /broken\.png\s+failed/);
    assert.deepEqual(files("out2"), ["a.vrn"]);
  });

  test("sizes are those of the header, before anything is decoded", async () => {
    put("large/a.jpg", resized(pictures["turned.jpg"], 20000, 14000));
    put("large/b.png", photo);
    const { code, stderr } = await run("large", "-o", "out3");
    assert.deepEqual([code, files("out3")], [1, ["b.vrn"]]);
    // It is the most that there is: no option raises it.
    assert.match(stderr, /^vaerans-encode: limit\.dimensions: large\/a\.jpg: .*20000 x 14000.* \(make the picture smaller\)$/m);
    assert.match((await run("large/b.png", "-o", "out4", "--max-pixels", "200")).stderr, /limit\.dimensions: .*raise --max-pixels/);
    assert.match((await run("large/b.png", "-o", "out4", "--max-bytes", "719")).stderr, /limit\.memory: .*raise --max-bytes/);
    assert.equal((await run("large/b.png", "-o", "out4", "--max-pixels", "240")).code, 0);
  });

  test("pictures that would be one file: numbered, and told", async () => {
    put("twins/x.jpg", pictures["turned.jpg"]);
    put("twins/x.png", photo);
    put("twins/X.png", photo);
    put("twins/x-2.png", photo);
    const { code, stderr } = await run("twins", "in/a.png", "beside/a.png", "-o", "out5");
    assert.deepEqual([code, files("out5")], [0, ["X.vrn", "a-2.vrn", "a.vrn", "x-2.vrn", "x-3.vrn", "x-4.vrn"]]);
    assert.match(stderr, /^vaerans-encode: twins\/x\.jpg: twins\/X\.png has that name already: out5\/x-3\.vrn$/m);
    assert.match(stderr, /^vaerans-encode: twins\/x\.png: twins\/X\.png has that name already: out5\/x-4\.vrn$/m);
    assert.match(stderr, /^vaerans-encode: beside\/a\.png: in\/a\.png has that name already: out5\/a-2\.vrn$/m);
    const kept = await run("twins/x.jpg", "twins/x.png", "-o", "out6", "--keep-suffix");
    assert.deepEqual([kept.stderr, files("out6")], ["", ["x.jpg.vrn", "x.png.vrn"]]);
  });

  test("wrong use ends at once: nothing is done", async () => {
    put("empty/notes.txt", "");
    const before = files(".");
    for (const [words, ...args] of [
      [/quality: expected/, "in", "-o", "new", "-q", "101"],
      [/nowhere is not there/, "in", "nowhere", "-o", "new"],
      [/standard input is not read/, "-", "-o", "new"],
      [/give the folder/, "in/*.webp", "-o", "new"],
      [/lossless with --max-error/, "in", "-o", "new", "--lossless", "--max-error", "3"],
      [/no JPEG, PNG, WebP or TIFF file in empty/, "empty", "-o", "new"],
    ]) {
      const { code, stderr, stdout } = await run(...args);
      assert.deepEqual([code, words.test(stderr), stdout], [2, true, ""], `${args}: ${stderr}`);
      assert.deepEqual(files("."), before, `${args}`);
    }
    assert.match((await run("--help")).stdout, /Exit status/);
  });
});

test("arguments that are wrong by themselves", () => {
  const here = fileURLToPath(import.meta.url);
  for (const [words, ...args] of [
    [/no output folder/, "in"],
    [/no INPUT/, "-o", "new"],
    [/without a name/, "", "-o", "new"],
    [/quality: expected/, "in", "-o", "new", "-q", "5e1"],
    [/quality: expected/, "in", "-o", "new", "--quality="],
    [/argument missing/, "in", "-o", "new", "-q"],
    [/argument missing/, "in", "-o"],
    [/--jobs: expected/, "in", "-o", "new", "-j", "0"],
    [/--tile: expected/, "in", "-o", "new", "--tile", "1"],
    [/--max-pixels: expected/, "in", "-o", "new", "--max-pixels", "9e9"],
    [/Unknown option/, "in", "--best", "-o", "new"],
    [/does not take an argument/, "in", "--force=no", "-o", "new"],
    [/--out is given twice/, "in", "-o", "new", "-o", "other"],
    [/give one of them/, "in", "-o", "new", "--force", "--skip-existing"],
    [/is no folder/, "in", "-o", here],
    [/is no folder/, "in", "-o", join(here, "new")],
    [/names a file/, "in/a.png", "-o", "new.vrn"],
    [/names a file/, "in/a.png", "-o", "new.BMP"],
  ]) {
    assert.throws(
      () => parse(args),
      (error) => error instanceof UsageError && words.test(error.message),
      `${args}`,
    );
  }
  assert.deepEqual(parse(["in", "-o", "new.vrn/", "-q", "30", "--max-error", "2", "--max-bytes", "9"]).profile, { quality: 30, maxError: 2 });
});
