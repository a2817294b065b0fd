/** What the parity run counts as equal, as wrong, and as wrong once. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Report } from "../parity/report.js";
import { Verdict } from "../parity/verdict.mjs";

const after =
  (...answers) =>
  async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return [answer, new TextEncoder().encode(answer)];
  };

test("what is equal is counted and made once", async () => {
  const report = new Report();
  await report.check("files", "a", "right", after("right", "wrong"));
  assert.deepEqual(report.result(), { equal: { files: 1, decodings: 0, pipes: 0 }, wrong: 0, first: [], unsteady: [] });
});

test("what is wrong is wrong, also when a later try is right", async () => {
  const report = new Report();
  await report.check("files", "always", "right", after("wrong"));
  await report.check("files", "twice", "right", after("wrong", "wrong", "right"));
  await report.check("files", "thrown", "right", after(new Error("no")));
  const { equal, wrong, first, unsteady } = report.result();
  assert.deepEqual([equal.files, wrong, unsteady.length], [0, 3, 0]);
  assert.deepEqual(
    first.map(({ item, got }) => [item, got]),
    [
      ["always", "wrong (as expected in 0 of 3 further tries)"],
      ["twice", "wrong (as expected in 2 of 3 further tries)"],
      ["thrown", "Error: no (as expected in 0 of 3 further tries)"],
    ],
  );
  assert.equal(atob(first[0].kept), "wrong");
});

test("wrong once and right ever after is told by itself, with what was made", async () => {
  const report = new Report();
  await report.check("pipes", "once", "right", after("wrong", "right"));
  await report.check("pipes", "trap", "right", after(new Error("trap"), "right"));
  const { equal, wrong, unsteady } = report.result();
  assert.deepEqual([equal.pipes, wrong], [2, 0]);
  assert.deepEqual(
    unsteady.map(({ item, got, kept }) => [item, got, kept && atob(kept)]),
    [
      ["once", "wrong", "wrong"],
      ["trap", "Error: trap", undefined],
    ],
  );
});

test("WebKitGTK may be wrong once in all its runs, no other engine", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "verdict-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const verdict = new Verdict(folder);
  const once = { wrong: 0, first: [], unsteady: [{ kind: "files", item: "a b", expected: "x", got: "y", kept: btoa("made") }] };
  const none = { wrong: 0, first: [], unsteady: [] };
  const counts = (engine, run, result) => {
    const { faults, borne } = verdict.of(engine, run, result);
    return [faults.length, borne.length];
  };
  assert.deepEqual(counts("webkit", "base", once), [0, 1]);
  assert.deepEqual(counts("webkit", "simd", none), [0, 0]);
  assert.deepEqual(counts("webkit", "instances", once), [1, 0]);
  assert.deepEqual(counts("chromium", "base", once), [1, 0]);
  assert.deepEqual(counts("firefox", "base", { ...none, wrong: 3, first: once.unsteady }), [2, 0]);
  assert.equal(readFileSync(join(folder, "webkit-base-files-a-b"), "utf8"), "made");
});
