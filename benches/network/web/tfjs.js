/** A network by operations of TensorFlow.js, from the steps that ../tfjs.py wrote; the same in Node and in a page. */

const OPS = {
  Conv: (tf, [x, filter, bias], { relu }) => tf.fused.conv2d({ x, filter, bias, strides: 1, pad: "same", activation: relu ? "relu" : "linear" }),
  Resize: (tf, [x]) => tf.image.resizeNearestNeighbor(x, [2 * x.shape[1], 2 * x.shape[2]]),
  Add: (tf, [a, b]) => tf.add(a, b),
  Div: (tf, [a, b]) => tf.div(a, b),
  Mul: (tf, [a, b]) => tf.mul(a, b),
  Relu: (tf, [x]) => tf.relu(x),
  Tanh: (tf, [x]) => tf.tanh(x),
};

/** TensorFlow.js on its wasm backend with SIMD, on one thread. `folder` has its .wasm files. */
export async function started(tf, { setWasmPaths }, folder) {
  tf.enableProdMode();
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths(folder);
  if (!(await tf.setBackend("wasm"))) throw new Error("TensorFlow.js: no wasm backend");
  if (!(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"))) throw new Error("TensorFlow.js: no SIMD");
  return tf;
}

/** { run, end }: `run` takes arrays and gives arrays, as the others do; its weights are tensors from the start. */
export function network(tf, { steps, weights, outputs }, bytes) {
  const product = (shape) => shape.reduce((a, b) => a * b, 1);
  const weight = ({ shape, offset }) => tf.tensor(new Float32Array(bytes, offset, product(shape)), shape);
  const kept = Object.fromEntries(Object.entries(weights).map(([name, told]) => [name, weight(told)]));
  const run = (inputs) =>
    tf.tidy(() => {
      const found = { ...kept };
      for (const [name, { data, shape }] of Object.entries(inputs)) found[name] = tf.tensor(data, shape);
      for (const step of steps) {
        const given = step.inputs.map((name) => found[name]);
        found[step.output] = OPS[step.op](tf, given, step);
      }
      return Object.fromEntries(Object.keys(outputs).map((name) => [name, { data: found[name].dataSync() }]));
    });
  return { run, end: () => Object.values(kept).forEach((tensor) => tensor.dispose()) };
}
