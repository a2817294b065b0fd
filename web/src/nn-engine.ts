import { asVaeransError, fail } from "./errors.js";
import { MOST_BYTES } from "./limits.js";
import { Model } from "./nn-model.js";
import { Runner } from "./nn-runner.js";
import type { Modules } from "./nn-runner.js";
import { filesOf } from "./nn-source.js";
import type { ModelSource } from "./nn-source.js";
import type { EngineInfo, EngineMemory, EngineOptions, ForwardOptions, Input, Inputs, LoadOptions, Outputs } from "./nn-types.js";
import { abortable } from "./source.js";

const none = (): never => fail("param.range", "no model is loaded: call loadModel first");

/** Loads compiled networks and runs them, each in an instance of its own. */
export class Engine {
  private options: EngineOptions = {};
  private modules: Modules = {};
  /** In order of loading. */
  private models: Model[] = [];

  private runner(files: ReturnType<typeof filesOf>, isFast = false, maxBytes = MOST_BYTES): Runner {
    return new Runner({ options: this.options, modules: this.modules, isFast, maxBytes }, files);
  }

  /**
   * Settings for the models that are loaded from now on. Calling it is optional.
   *
   * @throws {VaeransError} `param.range`
   * @example
   * await engine.init({ threads: "auto" });
   */
  async init(options: EngineOptions = {}): Promise<void> {
    const { threads = 1 } = options;
    if (threads !== "auto" && !(Number.isInteger(threads) && threads > 0 && threads <= 1024))
      fail("param.range", `threads: expected 1 ... 1024, got ${threads}`);
    if (options.wasm !== this.options.wasm) this.modules = {};
    this.options = options;
  }

  /**
   * Loads a compiled network: the folder that `export_to_wasm` wrote, or its one file. Weights of a folder are kept by their hash (Cache API).
   *
   * @throws {VaeransError} `model.plan`, `model.weights`, `model.operator`: the files are damaged, do not belong together, or ask for what
   *   this release has not; `stream.*`: they did not arrive; `limit.*`; `param.*`; `unavailable.*`; the signal's reason
   * @example
   * const model = await engine.loadModel("models/digits", { onProgress: ({ loaded, total }) => (bar.value = loaded / total) });
   */
  async loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
    const { mode = "strict", signal, onProgress, maxBytes = MOST_BYTES } = options;
    let model: Model | undefined;
    try {
      signal?.throwIfAborted();
      if (mode !== "strict" && mode !== "fast") fail("param.range", `mode: expected "strict" or "fast", got ${mode}`);
      if (!(maxBytes > 0)) fail("param.range", `maxBytes: expected more, got ${maxBytes}`);
      const most = Math.min(maxBytes, MOST_BYTES);
      const runner = this.runner(filesOf(source, most, onProgress), mode === "fast", most);
      this.models.push((model = new Model(runner, (gone) => (this.models = this.models.filter((one) => one !== gone)))));
      const ready = runner.ready();
      await (signal ? abortable(ready, signal as AbortSignal) : ready);
      return model;
    } catch (error) {
      model?.dispose();
      throw signal?.aborted ? signal.reason : asVaeransError(error);
    }
  }

  /**
   * Runs the model that was loaded last.
   *
   * @throws {VaeransError} as `model.forward`; `param.range` where there is none
   */
  async forward(inputs: Inputs | Input, options?: ForwardOptions): Promise<Outputs> {
    return (this.models.at(-1) ?? none()).forward(inputs, options);
  }

  /** How the model that was loaded last runs; before there is one, how it would. */
  info(): EngineInfo {
    return this.models.at(-1)?.info() ?? { ...this.runner(() => none()).info };
  }

  /** Memory of the models that are loaded, in bytes, as of their last answers. */
  getMemoryStats(): EngineMemory {
    const sum: EngineMemory = { stack: 0, parameters: 0, activations: 0, scratch: 0, shared: 0, wasmBytes: 0 };
    for (const model of this.models) {
      const one = model.getMemoryStats();
      for (const key of Object.keys(sum) as (keyof EngineMemory)[]) sum[key] += one[key];
    }
    return sum;
  }

  /** Ends every model, and gives all memory back. */
  dispose(): void {
    for (const model of this.models) model.dispose();
    this.modules = {};
  }
}

const shared = /* @__PURE__ */ new Engine();

/** `loadModel` of an engine that all callers of this function share. */
export const loadModel = (source: ModelSource, options?: LoadOptions): Promise<Model> => shared.loadModel(source, options);
