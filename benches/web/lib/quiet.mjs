/** Rounds begin in quiet moments, as long as the patience lasts: others may be at work on this machine. */
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const SAMPLE_MS = 300;
const QUIET = 0.85;
/** Seconds that a section may wait in all; WAIT sets another number. */
const PATIENCE = Number(process.env.WAIT ?? 60);

let waited = 0;

function total() {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (one) => Object.values(one).reduce((a, b) => a + b);
  return { idle: times.reduce((all, one) => all + one.idle, 0), all: times.reduce((all, one) => all + sum(one), 0) };
}

/** Share of the processors' time that was idle just now. */
async function idle() {
  const before = total();
  await sleep(SAMPLE_MS);
  const after = total();
  return (after.idle - before.idle) / (after.all - before.all);
}

/** Waits for a quiet moment; once the patience is used up, for none. */
export async function quiet() {
  while (waited < PATIENCE * 1000 && (await idle()) < QUIET) waited += SAMPLE_MS;
}

/** For the next section. */
export const rested = () => (waited = 0);

/** A job of page/jobs.js that takes turns, round by round: { name: [ms of every round] }. */
export async function inRounds(run, name, argument, rounds) {
  const times = {};
  await run(name, { ...argument, rounds: 0 }); // warms up
  for (let round = 0; round < rounds; round++) {
    await quiet();
    const one = await run(name, { ...argument, rounds: 1, warm: 0, warmMs: 0 });
    for (const [key, values] of Object.entries(one)) times[key] = [...(times[key] ?? []), ...values];
  }
  return times;
}
