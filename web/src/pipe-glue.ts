import type { Own } from "./platform.js";

/** The exports of crates/vaerans-wasm with the feature `pipe`, as its glue gives them. @internal */
export interface PipeGlue {
  initSync(options: { module: WebAssembly.Module }): { memory: WebAssembly.Memory };
  refused(): boolean;
  registry(): [name: string, inverse: string | null, runs: boolean][];
  variant(): number;
  World: new (arenaBytes: number, trace: boolean, seed: number) => CoreWorld;
  Pipe: new (entities: Float64Array) => CorePipe;
}

/** crates/vaerans-wasm/src/pipe_world.rs. A step of -1 is the newest. @internal */
export interface CoreWorld {
  isa(): string;
  new_entity(): number;
  spawn_image(samples: Uint8Array, dtype: string, height: number, width: number, channels: number): number;
  spawn_bitstream(file: Uint8Array, ...limits: (number | undefined)[]): number;
  put(entity: number, key: string, data: Uint8Array, dtype: string, axes: Uint32Array, kind?: string): void;
  despawn(entity: number): void;
  reset(): void;
  entities(): Float64Array;
  versions(entity: number): [key: string, step: number][];
  component(entity: number, key: string, step: number): [kind: string, dtype: string, shape: number[]];
  read(entity: number, key: string, step: number): Own<Uint8Array>;
  file(entity: number, keys: string[], steps: Float64Array): Own<Uint8Array>;
  stats(): Float64Array;
  trace(): unknown[][];
  clear_trace(): void;
}

/** crates/vaerans-wasm/src/pipe.rs. @internal */
export interface CorePipe {
  to(world: CoreWorld, name: string, params: object, out?: string): void;
  select(key: string): void;
  fork(): CorePipe;
  out(world: CoreWorld, key?: string): [key: string, ...steps: number[]];
  run_all(world: CoreWorld): void;
  plan(world: CoreWorld): [step: number, system: string, reads: string, makes: string, ran: boolean][];
  free(): void;
}
