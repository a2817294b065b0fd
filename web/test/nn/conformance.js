/**
 * Runs onnx's cases, compiled (tests/nn/write_cases.py), through vaerans/nn: in Node by conformance.mjs, in a page by conformance.html.
 * The bound is that of tests/nn/engine.py: whole numbers and what is not finite are equal, floats differ by 1e-4 of the greatest at most.
 */

const ARRAYS = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array };

/** The elements of one tensor of the file. */
function elements(file, { type, at: [start, length] }) {
  const bytes = file.slice(start, start + length);
  return new ARRAYS[type](bytes.buffer);
}

/** What is wrong with an output; "" if nothing is. */
export function difference(got, wanted, file) {
  if (got.dtype !== wanted.type || String(got.shape) !== String(wanted.shape)) return `${got.dtype} [${got.shape}] for ${wanted.type} [${wanted.shape}]`;
  const expected = elements(file, wanted);
  let [most, worst] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [got.data[i], expected[i]];
    const isExact = wanted.type !== "float32" || !Number.isFinite(b);
    if (isExact && a !== b && !(Number.isNaN(a) && Number.isNaN(b))) return `element ${i}: ${a} for ${b}`;
    if (isExact) continue;
    most = Math.max(most, Math.abs(b));
    worst = Math.max(worst, Number.isFinite(a) ? Math.abs(a - b) : Infinity);
  }
  return worst <= 1e-4 * most ? "" : `differs by ${worst}; ${1e-4 * most} is allowed`;
}

/** Runs one case; gives what is wrong, "" if nothing is. */
async function outcome(engine, one, file, mode) {
  const bytes = ([start, length]) => file.subarray(start, start + length);
  const model = await engine.loadModel({ plan: bytes(one.plan), weights: bytes(one.weights) }, { mode });
  try {
    const inputs = model.inputs.map(({ name }, i) => [name, { data: elements(file, one.inputs[i]), shape: one.inputs[i].shape }]);
    const outputs = Object.values(await model.forward(Object.fromEntries(inputs)));
    if (outputs.length !== one.outputs.length) return `${outputs.length} outputs for ${one.outputs.length}`;
    return outputs.map((output, i) => difference(output, one.outputs[i], file)).find(Boolean) ?? "";
  } finally {
    model.dispose();
  }
}

/**
 * Runs every case on the calling thread. `simd`: the option of the engine; `part`: of the names of those to run.
 * Gives how many passed, and what is wrong with the others, by name.
 */
export async function conform(nn, rows, file, { simd = true, mode = "strict", part = "" } = {}) {
  const engine = new nn.Engine();
  await engine.init({ simd, worker: false });
  const wrong = {};
  let passed = 0;
  for (const one of rows) {
    if (!one.name.includes(part)) continue;
    try {
      const what = await outcome(engine, one, file, mode);
      if (what) wrong[one.name] = what;
      else passed++;
    } catch (error) {
      wrong[one.name] = `${error.message}`;
    }
  }
  engine.dispose();
  return { passed, wrong };
}
