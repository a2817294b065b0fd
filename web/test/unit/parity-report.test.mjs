/** What the parity run counts as equal, as wrong, and as wrong once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Report } from "../parity/report.js";

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
      ["always", "wrong; as expected in 0 of 3 further tries"],
      ["twice", "wrong; as expected in 2 of 3 further tries"],
      ["thrown", "Error: no; as expected in 0 of 3 further tries"],
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
