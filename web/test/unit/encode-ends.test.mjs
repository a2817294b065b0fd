// The command vaerans-encode: how it ends when something is taken from it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { command, png, skip, workshop } from "./encode-kit.mjs";

const isLinux = process.platform === "linux";

describe("processes", { skip: skip || (!isLinux && "processes are looked up in /proc") }, () => {
  const { home, put, files } = workshop();
  for (const name of ["a", "b", "c"]) put(`in/${name}.png`, png(64, 64));

  const children = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ").filter(Boolean).map(Number);

  /** Runs the command over `in`, one at a time, and gives the first of its processes to `meet`. */
  async function met(out, meet) {
    const parent = spawn(process.execPath, [command, "in", "-o", out, "-j", "1"], { cwd: home });
    let said = "";
    parent.stderr.on("data", (text) => (said += text));
    parent.stdout.resume();
    const closed = new Promise((resolve) => parent.on("close", (code, signal) => resolve({ code: code ?? signal, stderr: said })));
    for (let first; !(first = children(parent.pid)[0]) || (meet(first, parent), false);) await new Promise((resolve) => setTimeout(resolve, 1));
    return closed;
  }

  test("one that is ended costs its own picture alone", async () => {
    const { code, stderr } = await met("out", (child) => process.kill(child, "SIGKILL"));
    assert.deepEqual([code, files("out")], [1, ["b.vrn", "c.vrn"]]);
    assert.match(stderr, /^vaerans-encode: limit\.memory: in\/a\.png: the process that coded it ended \(SIGKILL\)/);
  });

  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ]) {
    test(`${signal}: nothing half written, and what was not done is counted`, async () => {
      const { code, stderr } = await met(signal, (_, parent) => parent.kill(signal));
      assert.equal(code, status);
      assert.match(stderr, new RegExp(`^vaerans-encode: interrupted \\(${signal}\\); 3 of 3 files were not done$`, "m"));
      assert.equal(files(signal), undefined);
    });
  }
});

describe("streams", { skip: skip || (process.platform === "win32" && "a POSIX shell") }, () => {
  const { put, files, shell } = workshop();
  for (let i = 0; i < 3; i++) put(`in/${i}.png`, png(9, 9));
  const all = ["0.vrn", "1.vrn", "2.vrn"];

  for (const [what, line, expected] of [
    ["closed", "ENCODE in -o OUT <&- >&- 2>&-", 0],
    ["standard output closed", "ENCODE in -o OUT >&-", 0],
    ["a reader that leaves", "ENCODE in -o OUT 2>&1 | true; exit ${PIPESTATUS[0]}", 0],
    ["full", "ENCODE in -o OUT >/dev/full", 1],
  ]) {
    test(`${what}: the pictures are coded`, { skip: what === "full" && !isLinux && "no /dev/full" }, async () => {
      const out = what.replaceAll(" ", "-");
      const { code, stderr } = await shell(line.replace("OUT", out));
      assert.deepEqual([code, files(out)], [expected, all], stderr);
      assert.doesNotMatch(stderr, /node:|Error:|at /);
    });
  }
});
