/** Takes turns: A B C A B C ..., so that what else the machine does meets all alike. */
const WARM_MS = 1500;

/**
 * works: { name: async () => ... }. Each is first run `warm` times and for 1.5 s, until the engine has compiled it for speed.
 * Gives { name: [ms of every round] }.
 */
export async function inTurns(works, { rounds, warm = 3, warmMs = WARM_MS }) {
  for (const work of Object.values(works)) {
    const start = performance.now();
    for (let i = 0; i < warm || (performance.now() - start < warmMs && i < 200); i++) await work();
  }
  const times = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) for (const [name, work] of Object.entries(works)) times[name].push(await timed(work));
  return times;
}

export async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
