import { fail } from "./errors.js";
import { entityArgument, textArgument } from "./pipe-arguments.js";
import type { Core } from "./pipe-core.js";
import type { CorePipe } from "./pipe-glue.js";
import { Handle } from "./pipe-handle.js";
import { System } from "./pipe-system.js";

type Move = [system: System, out?: string] | string;

/**
 * Steps for one entity or many; mutable and lazy. `to` appends a system at the cursor and returns the pipe itself; `select`
 * (`use`) moves the cursor; `fork` copies it; `out` checks the plan, runs what has not run and gives a handle, or a list of
 * them where the pipe was made for a list.
 */
export class Pipe<Result = Handle | Handle[]> {
  private readonly moves: Move[] = [];
  private made: CorePipe | undefined;

  /** @internal */
  constructor(
    private readonly core: Core,
    private readonly owners: Owners,
    private eids: readonly number[],
    private many: boolean,
  ) {}

  /** The entities that it is for. */
  get entities(): readonly number[] {
    return this.eids;
  }

  /** Its systems, in order. */
  get systems(): System[] {
    return this.moves.flatMap((move) => (typeof move === "string" ? [] : [move[0]]));
  }

  /** The pipe in wasm; made anew after its entities were despawned. */
  private get pipe(): CorePipe {
    if (!this.made) {
      this.made = this.core.call((_, glue) => new glue.Pipe(Float64Array.from(this.eids)));
      this.owners.add(this, this.eids);
      for (const move of this.moves) this.apply(move);
    }
    return this.made;
  }

  private apply(move: Move): void {
    const { pipe } = this;
    if (typeof move === "string") return this.core.call(() => pipe.select(move));
    const [{ name, params }, out] = move;
    this.core.call((world) => pipe.to(world, name, params, out));
  }

  /**
   * Appends a system; `out` names the key that its result is stored under.
   *
   * @throws {VaeransError} `param.*` for its parameters, `unavailable.feature` for a network
   */
  to(system: System, out?: string): this {
    if (!(system instanceof System)) fail("pipe.wrong_kind", `expected a system, as in to(new Hadamard4()), got ${typeof system}`);
    if (out !== undefined) textArgument("out", out);
    this.apply([system, out]);
    this.moves.push([system, out]);
    return this;
  }

  /** Moves the cursor to the newest component under `key`. */
  select(key: string): this {
    this.apply(textArgument("key", key));
    this.moves.push(key);
    return this;
  }

  /** `select` by its other name. */
  use(key: string): this {
    return this.select(key);
  }

  /** A pipe with the same steps, run once whoever runs them, and a cursor of its own. */
  fork(): Pipe<Result> {
    const fork = new Pipe<Result>(this.core, this.owners, this.eids, this.many);
    fork.moves.push(...this.moves);
    fork.made = this.core.call(() => this.pipe.fork());
    this.owners.add(fork, this.eids);
    return fork;
  }

  /** Runs every step that has not run; all of them for other entities, if they are given. */
  run(): this;
  run(eids: readonly number[]): Pipe<Handle[]>;
  run(eids?: readonly number[]): unknown {
    if (eids !== undefined) {
      const list = Array.isArray(eids) ? eids.map(entityArgument) : fail("param.type", "expected a list of entities");
      this.owners.remove(this, this.eids);
      this.free();
      this.eids = list;
      this.many = true;
    }
    const { pipe } = this;
    this.core.call((world) => pipe.run_all(world));
    return this;
  }

  /**
   * Checks the plan, runs what has not run, and gives what stands under `key`, or under the cursor.
   *
   * @throws {VaeransError} `pipe.*` before anything runs; `data.*`, `stream.*` and `limit.*` from the steps
   */
  out(key?: string): Result {
    if (key !== undefined) textArgument("key", key);
    const { pipe } = this;
    const [name, ...steps] = this.core.call((world) => pipe.out(world, key));
    const handles = this.eids.map((eid, i) => new Handle(this.core, eid, name, steps[i]!));
    return (this.many ? handles : handles[0]) as Result;
  }

  /** The checked plan as text: what every step reads and makes. Runs nothing. */
  describe(): string {
    const { pipe } = this;
    const rows = this.core
      .call((world) => pipe.plan(world))
      .map(([step, system, reads, makes, ran]) => [`${step}`, system, reads, makes, ran ? "ran" : "to run"]);
    const table = [["step", "system", "reads", "makes", "state"], ...rows];
    const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
    const lines = table.map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    );
    return [`pipe over ${this.eids.length} entities`, ...lines].join("\n");
  }

  /** Gives its part of wasm memory back. @internal */
  free(): void {
    const { made } = this;
    this.made = undefined;
    if (this.core.lives) made?.free();
  }
}

/** Which pipes stand on an entity: they are freed with the last of theirs. @internal */
export class Owners {
  private readonly pipes = new Map<number, Set<Pipe<any>>>();

  add(pipe: Pipe<any>, eids: readonly number[]): void {
    for (const eid of eids) {
      if (!this.pipes.has(eid)) this.pipes.set(eid, new Set());
      this.pipes.get(eid)!.add(pipe);
    }
  }

  remove(pipe: Pipe<any>, eids: readonly number[]): void {
    for (const eid of eids) this.pipes.get(eid)?.delete(pipe);
  }

  /** An entity is gone. */
  gone(eid: number): void {
    const pipes = this.pipes.get(eid) ?? [];
    this.pipes.delete(eid);
    for (const pipe of pipes) if (!pipe.entities.some((other) => this.pipes.get(other)?.has(pipe))) pipe.free();
  }

  freeAll(): void {
    for (const eid of [...this.pipes.keys()]) this.gone(eid);
  }
}
