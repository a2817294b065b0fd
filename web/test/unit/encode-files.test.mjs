// The command vaerans-encode: files of any name and kind.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { command, pictures, png, skip, workshop } from "./encode-kit.mjs";

const photo = png(8, 4);
const isWindows = process.platform === "win32";

describe("names", { skip: skip || (isWindows && "names that Windows does not have") }, () => {
  const { home, put, files, run } = workshop();

  test("control characters, line breaks, spaces, dashes, directions: they work, and are printed as escapes", async () => {
    const names = ["a\x1b[31m.png", "b\nvaerans-encode: c.png", "-d.png", "e f.png", "g\u202eh.png", "\u00e9\ud83d\ude00.png", "%s.png", "'\"$(x).png"];
    for (const name of names) put(`odd/${name}`, photo);
    put("odd/z\x1b]0;title\x07.png", "no picture");
    const { code, stdout, stderr } = await run("odd", "-o", "out");
    assert.equal(code, 1);
    assert.deepEqual(files("out"), names.map((name) => name.replace(".png", ".vrn")).sort());
    assert.doesNotMatch(stdout + stderr, /[^\n\P{C}]|\u202e/u);
    assert.match(stderr, /^vaerans-encode: data\.image_format: odd\/z\\x1b\]0;title\\x07\.png: /);
    assert.match(stdout, /^b\\nvaerans-encode: c\.png {2}/m);
    assert.match(stdout, /^\u00e9\ud83d\ude00\.png /m);
    assert.equal((await run("-o", "out2", "--", "-x")).stderr.split("\n")[0], "vaerans-encode: -x is not there");
    assert.equal((await run("-o", "a\x1bb.vrn", "odd")).stderr.includes("a\\x1bb.vrn names a file"), true);
  });

  test("bytes that are no text", { skip: process.platform !== "linux" && "only Linux has such names" }, async () => {
    const bytes = (text) => Buffer.from(text, "latin1");
    mkdirSync(join(home, "bytes"));
    writeFileSync(Buffer.concat([Buffer.from(join(home, "bytes/")), bytes("a\xff\xfe.png")]), photo);
    const all = await run("bytes", "-o", "out3");
    assert.deepEqual([all.code, /^a\\xff\\xfe\.png /m.test(all.stdout)], [0, true], all.stderr);
    // As an argument, which Node has lost already.
    const line = Buffer.concat([bytes(`cd ${home} && exec ${process.execPath} ${command} bytes/a\xff\xfe.png -o out\xff`)]);
    writeFileSync(join(home, "line.sh"), line);
    execFileSync("sh", [join(home, "line.sh")], { stdio: "pipe" });
    const found = readdirSync(Buffer.from(home), { encoding: "buffer" }).map((name) => name.toString("latin1"));
    assert.ok(found.includes("out\xff"));
    for (const folder of ["out3", "out\xff"]) {
      const made = readdirSync(Buffer.concat([Buffer.from(`${home}/`), bytes(folder)]), { encoding: "buffer" });
      assert.deepEqual(
        made.map((name) => name.toString("latin1")),
        ["a\xff\xfe.vrn"],
      );
    }
  });

  test("as long as names may be", async () => {
    put(`long/${"n".repeat(251)}.png`, photo);
    put(`long/${"m".repeat(251)}.jpg`, pictures["rgb.jpg"]);
    const { code, stdout } = await run("long", "-o", "out4");
    assert.deepEqual([code, files("out4")], [0, [`${"m".repeat(251)}.vrn`, `${"n".repeat(251)}.vrn`]]);
    assert.ok(stdout.split("\n").every((line) => line.length < 140));
    const longer = await run("long", "-o", "out5", "--keep-suffix");
    assert.equal(longer.code, 1);
    assert.match(longer.stderr, /unavailable\.file: long\/n+\.png: cannot write out5\/n+\.png\.vrn: name too long; give it a shorter name/);
    assert.deepEqual(files("out5"), []);
  });
});

describe("kinds", { skip: skip || (isWindows && "links and pipes of POSIX") }, () => {
  const { home, put, files, run } = workshop();
  const link = (to, name) => symlinkSync(to, join(home, name));

  test("what is left out is named: other formats, pipes, hidden files", async () => {
    for (const name of ["a.bmp", "b.gif", "c.ppm", "notes.txt", ".hidden.png", ".cache/d.png", ".DS_Store"]) put(`in/${name}`, photo);
    put("in/e.png", photo);
    execFileSync("mkfifo", [join(home, "in/pipe.png")]);
    const { code, stderr } = await run("in", "-o", "out");
    assert.deepEqual([code, files("out")], [0, ["e.vrn"]]);
    assert.deepEqual(stderr.trimEnd().split("\n").sort(), [
      "vaerans-encode: skipped, a named pipe: in/pipe.png",
      "vaerans-encode: skipped, hidden: in/.cache, in/.hidden.png",
      "vaerans-encode: skipped, no .jpg .jpeg .jpe .jfif .png .webp .tif .tiff: in/a.bmp, in/b.gif, in/c.ppm, in/notes.txt",
    ]);
    const named = await run("in/pipe.png", "/dev/null", "in/e.png", "-o", "out2");
    assert.deepEqual([named.code, files("out2")], [1, ["e.vrn"]]);
    assert.match(named.stderr, /unavailable\.file: in\/pipe\.png: a named pipe, no file/);
    assert.match(named.stderr, /unavailable\.file: \/dev\/null: a device, no file/);
    const six = await run("in", "-o", "out3", "--quiet");
    assert.deepEqual([six.stderr, six.stdout], ["", ""]);
  });

  test("links: each picture has its file, folders are read once, what leads nowhere fails", async () => {
    put("links/one/x.png", photo);
    link("x.png", "links/one/y.png");
    link("..", "links/one/up");
    link("one", "links/two");
    link("nothing.png", "links/gone.png");
    link("loop.png", "links/loop.png");
    const { code, stderr } = await run("links", "links/one/x.png", "links/one/../one/x.png", "-o", "out4");
    assert.deepEqual([code, files("out4")], [1, ["one", "one/x.vrn", "one/y.vrn"]]);
    assert.match(stderr, /unavailable\.file: links\/gone\.png: cannot open it: no such file/);
    assert.match(stderr, /unavailable\.file: links\/loop\.png: cannot open it: too many symbolic links/);
    assert.match(stderr, /skipped, the same folder as links: links\/one\/up/);
    assert.match(stderr, /skipped, the same folder as links\/one: links\/two/);
  });

  test("a place that can hold no folder", { skip: process.platform !== "linux" && "no /proc" }, async () => {
    put("src8/a.png", photo);
    const { code, stderr } = await run("src8", "-o", "/proc/x/y");
    assert.equal(code, 1);
    assert.match(stderr, /unavailable\.file: src8\/a\.png: cannot write \/proc\/x\/y\/a\.vrn: no such file or directory/);
  });

  test("what stands in the place of the output", async () => {
    put("src/a.png", photo);
    put("src/b.png", photo);
    mkdirSync(join(home, "out5/a.vrn"), { recursive: true });
    const folder = await run("src", "-o", "out5", "--force");
    assert.equal(folder.code, 1);
    assert.match(folder.stderr, /src\/a\.png: out5\/a\.vrn is a folder: nothing is written there/);
    assert.deepEqual(files("out5"), ["a.vrn", "b.vrn"]);
    // A link is followed, and permissions stay.
    put("out6/real", "old");
    execFileSync("chmod", ["600", join(home, "out6/real")]);
    link("real", "out6/a.vrn");
    assert.equal((await run("src/a.png", "-o", "out6", "--force")).code, 0);
    assert.deepEqual([lstatSync(join(home, "out6/a.vrn")).isSymbolicLink(), statSync(join(home, "out6/real")).mode & 0o777], [true, 0o600]);
    assert.ok(readFileSync(join(home, "out6/real")).length > 10);
    // Another name of a picture.
    mkdirSync(join(home, "out7"));
    linkSync(join(home, "src/b.png"), join(home, "out7/a.vrn"));
    const own = await run("src", "-o", "out7", "--force");
    assert.equal(own.code, 2);
    assert.match(own.stderr, /src\/b\.png would be overwritten/);
    assert.deepEqual(readFileSync(join(home, "src/b.png")), photo);
  });
});
