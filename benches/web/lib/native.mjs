/** Our own native build, through the Python package: the interpreter of `make setup`, or the one that VAERANS_PYTHON names. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { quiet } from "./quiet.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
export const python = process.env.VAERANS_PYTHON ?? `${root}.venv/bin/python`;

/** isa: "sse42", ...; undefined is the best of this CPU. `ask({ op, ... })` gives milliseconds; `end()` ends the process. */
export async function native(isa) {
  const env = { ...process.env, ...(isa && { VAERANS_ISA: isa }) };
  const child = spawn(python, [fileURLToPath(new URL("../native.py", import.meta.url))], { env, stdio: ["pipe", "pipe", "inherit"] });
  const failed = new Promise((_, reject) => child.once("error", reject));
  failed.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done) throw new Error(`native: ${python} ended with ${child.exitCode}`);
    return JSON.parse(value);
  };
  const about = await answer();
  if (isa && about.isa !== isa) throw new Error(`native: asked for ${isa}, got ${about.isa}`);
  return {
    isa: about.isa,
    ask(order) {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      return answer();
    },
    end: () => child.stdin.end(),
  };
}

/** works: { name: async () => ms } in turns: { name: [ms of every round] }. */
export async function inTurns(works, { rounds, warm }) {
  for (let i = 0; i < warm; i++) for (const work of Object.values(works)) await work();
  const times = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    await quiet();
    for (const [name, work] of Object.entries(works)) times[name].push(await work());
  }
  return times;
}
