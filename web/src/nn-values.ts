import { bytesUnder } from "./bytes.js";
import { fail } from "./errors.js";
import type { Given, Made, Port } from "./nn-glue.js";
import type { Elements, Input, Nested, Tensor } from "./nn-types.js";

type List = readonly Nested[];
type View = ArrayBufferView & { length: number };

const ARRAYS = { float32: Float32Array, int32: Int32Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array } as const;

/** NumPy's word for the elements of a typed array: float32 of a Float32Array, int64 of a BigInt64Array. @internal */
export const dtypeOf = (view: ArrayBufferView): string => {
  const name = (view as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag];
  return name.replace(/Array|Big|Clamped/g, "").toLowerCase();
};

/** The numbers of nested arrays, one after another, in `all`; gives their shape. */
function flatten(value: Nested, all: number[], name: string): number[] {
  if (typeof value === "number") return (all.push(value), []);
  if (!Array.isArray(value)) return fail("param.type", `input ${name}: expected a typed array, { data, shape }, numbers or nested arrays of them`);
  let inner: number[] | undefined;
  for (const one of value as List) {
    const shape = flatten(one, all, name);
    inner ??= shape;
    if (shape.join() !== inner.join()) fail("param.shape", `input ${name}: arrays of different lengths in one another`);
  }
  return [value.length, ...(inner ?? [])];
}

/** Plain numbers as elements of the type that the model wants. */
function elements(numbers: number[], dtype: string, name: string): View {
  if (dtype !== "float32" && !numbers.every(Number.isInteger)) fail("param.type", `input ${name}: ${dtype} has whole numbers alone`);
  return dtype === "int64" ? BigInt64Array.from(numbers, BigInt) : ARRAYS[dtype as keyof typeof ARRAYS].from(numbers);
}

/** An input as the engine takes it; `copies`: its buffer is to be handed over, and the caller's is not ours. @internal */
export function given(port: Port | undefined, name: string, value: Input, copies: boolean): Given {
  let { data, shape } = Object(value) as { data?: unknown; shape?: readonly number[] };
  if (!bytesUnder(data)) [data, shape] = [value, undefined];
  if (!ArrayBuffer.isView(data)) {
    const numbers: number[] = [];
    shape = flatten(data as Nested, numbers, name);
    data = elements(numbers, port?.dtype ?? "float32", name);
  }
  const view = data as View;
  const bytes = bytesUnder(view)!;
  return [name, dtypeOf(view), shape && [...shape], view.length, copies && bytes.length ? bytes.slice() : bytes];
}

/** An output for the caller; `into`: the array of his that it is written to. @internal */
export function tensor({ name, dtype, shape, data }: Made, into?: View): Tensor<Elements> {
  const own = dtype === "int64" ? new BigInt64Array(data.buffer) : new ARRAYS[dtype as keyof typeof ARRAYS](data.buffer);
  if (into) bytesUnder(into)!.set(data);
  const array = (into ?? own) as Elements;
  return {
    name,
    dtype,
    shape,
    data: array,
    toJSON() {
      let all: Nested[] = Array.from(array as ArrayLike<number | bigint>, Number);
      for (const extent of shape.slice(1).reverse()) all = Array.from({ length: all.length / extent }, (_, i) => all.slice(i * extent, (i + 1) * extent));
      return shape.length ? all : all[0]!;
    },
  };
}
