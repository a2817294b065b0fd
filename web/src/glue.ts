import type { FileInfo, Raw } from "./types.js";

/** The exports of crates/vaerans-wasm as its glue gives them; a module has the part that its name says. @internal */
export interface Glue {
  initSync(options: { module: WebAssembly.Module | Uint8Array; memory?: WebAssembly.Memory }): { memory?: WebAssembly.Memory };
  info(data: Uint8Array, ...limits: (number | undefined)[]): FileInfo;
  /** 0 base, 1 simd, 2 threads. */
  variant(): number;
  /** Bytes that its arenas hold now. */
  arena_bytes(): number;
  /** Whether it was refused memory when it last asked. */
  refused(): boolean;
  decode(
    data: Uint8Array,
    reduce: number,
    x: number,
    y: number,
    width: number,
    height: number,
    allowTruncated: boolean,
    maxBytes: number,
    maxPixels: number,
    maxElements: number,
    threads: number,
    rgba: boolean,
  ): Raw;
  encode(...args: unknown[]): Uint8Array;
  pool_prepare(threads: number): number;
  pool_run(index: number): void;
  pool_stop(): void;
}

/** A job by name: what an instance does with the arguments of a message. @internal */
export type Ops = Record<string, (glue: Glue, ...args: any[]) => unknown>;

/** How an instance starts. `index`: as a thread of the pool that owns `memory`; it then never returns. @internal */
export interface Boot {
  module: WebAssembly.Module | Uint8Array;
  threads?: number;
  memory?: WebAssembly.Memory;
  index?: number;
}

/** What it says when it has started. `helpers`: pool threads to start over `memory`. @internal */
export interface Booted {
  variant: number;
  memory?: WebAssembly.Memory;
  helpers: number;
}
