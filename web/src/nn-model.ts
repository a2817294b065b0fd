import { asVaeransError, fail } from "./errors.js";
import { bytesUnder } from "./bytes.js";
import type { Made, Wanted } from "./nn-glue.js";
import type { Runner } from "./nn-runner.js";
import type { EngineInfo, EngineMemory, ForwardOptions, Input, Inputs, Outputs, Port } from "./nn-types.js";
import { dtypeOf, given, tensor } from "./nn-values.js";

const never = new AbortController().signal;

/** A compiled network, loaded: `loadModel` gives it. */
export class Model {
  /** @internal */
  constructor(
    private readonly runner: Runner,
    private readonly forget: (model: Model) => void,
  ) {}

  /** What it takes: names, types, extents. */
  get inputs(): Port[] {
    return this.runner.described.inputs;
  }

  /** Names of what it gives. */
  get outputs(): string[] {
    return this.runner.described.outputs;
  }

  /** How it runs, and why so. */
  info(): EngineInfo {
    return { ...this.runner.info };
  }

  /**
   * Runs the network.
   *
   * @param inputs by name; or, of a model that has one input, that
   * @returns outputs by name
   * @throws {VaeransError} `param.unknown` for a name that it has not; `param.shape`, `param.dtype`, `param.type` for inputs (and arrays for
   *   outputs) that are not its; `model.*`; `limit.memory`; `unavailable.*`; the signal's reason
   * @example
   * const { logits } = await model.forward({ input: new Float32Array(784) });
   * console.log(logits.shape, logits.data, JSON.stringify(logits));
   */
  async forward(inputs: Inputs | Input, options: ForwardOptions = {}): Promise<Outputs> {
    const { outputs = {}, signal = never } = options;
    try {
      signal.throwIfAborted();
      await this.runner.ready();
      const copies = this.runner.info.worker;
      const ports = this.inputs;
      const all = this.named(inputs).map(([name, value]) =>
        given(
          ports.find((port) => port.name === name),
          name,
          value,
          copies,
        ),
      );
      const wanted = Object.entries(outputs).map(([name, view]): Wanted => {
        if (!ArrayBuffer.isView(view)) fail("param.type", `output ${name}: expected a typed array`);
        return [name, dtypeOf(view), view.length];
      });
      const { made } = (await this.runner.run("forward", [all, wanted], signal as AbortSignal)) as { made: Made[] };
      return Object.fromEntries(made.map((one) => [one.name, tensor(one, outputs[one.name])]));
    } catch (error) {
      throw signal.aborted ? signal.reason : asVaeransError(error);
    }
  }

  private named(inputs: Inputs | Input): [string, Input][] {
    const [first, second] = this.inputs;
    const isOne = typeof inputs !== "object" || bytesUnder(inputs) || Array.isArray(inputs) || (bytesUnder((inputs as Inputs).data) && "shape" in inputs);
    if (!isOne) return Object.entries(inputs as Inputs);
    if (!first || second) fail("param.type", `the model has ${this.inputs.length} inputs: give them by name`);
    return [[first.name, inputs as Input]];
  }

  /** Bytes that it takes, as of its last answer. */
  getMemoryStats(): EngineMemory {
    const { runner } = this;
    const [stack = 0, parameters = 0, activations = 0, scratch = 0] = runner.slots.some(({ dead }) => !dead) ? runner.memory : [];
    const wasmBytes = runner.slots.reduce((sum, slot) => sum + (slot.dead ? 0 : slot.wasmBytes), 0);
    return { stack, parameters, activations, scratch, shared: runner.info.sharedMemory ? wasmBytes : 0, wasmBytes };
  }

  /** Gives back all of its memory; calls under way, and later ones, reject with `unavailable.worker`. */
  dispose(): void {
    this.runner.end();
    this.forget(this);
  }
}
