// Stands in for wasm-bindgen's glue: the same exports over a toy format, to test scheduling, abort and crashes without a codec.
// A toy file: length of a JSON header (4 bytes), the header, then its levelBytes.
let wasm;
let kept = 0;
let short = false;

const parse = (bytes) => {
  const size = bytes.length < 4 ? Infinity : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (bytes.length >= 4 && size > 1e6) throw "stream.magic\nno toy file";
  if (bytes.length < 4 + size) throw "stream.truncated\nthe header ends early";
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
  return { headerBytes: 4 + size, ...header };
};

/** Side effects that a test asks for in the header. */
const act = ({ act, ms }) => {
  if (act === "hang") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  if (act === "trap" || act === "refused") {
    short = act === "refused";
    throw new WebAssembly.RuntimeError("unreachable");
  }
  if (act === "thread") {
    const shared = new Int32Array(wasm.memory.buffer);
    Atomics.store(shared, 0, 1);
    Atomics.notify(shared, 0);
    Atomics.wait(shared, 1, 0, 60000); // for a thread that will not come
  }
  if (act === "memory") throw new RangeError("out of memory");
  if (act === "exit") process.exit(7);
};

export function info(data, maxBytes) {
  if (maxBytes && data.length > maxBytes) throw "limit.file_size\ntoo long";
  const header = parse(data);
  const whole = header.levelBytes.reduce((a, b) => a + b, header.headerBytes);
  return {
    kind: "picture",
    dtype: "uint8",
    levels: header.levelBytes.length,
    isComplete: data.length >= whole,
    fileBytes: data.length,
    orientation: 1,
    iccBytes: 3,
    exifBytes: 0,
    steps: [],
    ...header,
  };
}

export const variant = () => ["base", "simd", "threads"].indexOf(wasm.variant);
export const arena_bytes = () => kept;
export const refused = () => short;

export function decode(data, reduce, x, y, w, h, allowTruncated, maxBytes, maxPixels, maxElements, threads, rgba) {
  const header = parse(data);
  act(header);
  const { width, height, levelBytes, headerBytes } = header;
  const { channels, dtype = "uint8" } = rgba && header.kind !== "tensor" ? { channels: 4 } : header;
  const need = levelBytes.slice(0, allowTruncated ? levelBytes.length - reduce : undefined).reduce((a, b) => a + b, headerBytes);
  if (data.length < need) throw "stream.truncated\nlevels are missing";
  const scale = 2 ** reduce;
  const [wide, high] = [Math.ceil((w || width) / scale), Math.ceil((h || height) / scale)];
  const samples = new Uint8Array(wide * high * channels * (+/\d+$/.exec(dtype)[0] / 8));
  for (let i = 0; i < samples.length; i++) samples[i] = (Math.floor(i / (wide * channels)) * scale + y) * 7 + (i % (wide * channels)) + x;
  kept = samples.length;
  const shape = header.kind === "tensor" ? header.shape : [high, wide, channels];
  return { info: info(data, maxBytes), shape, dtype, data: samples, icc: new Uint8Array(header.icc ?? [1, 2, 3]), exif: new Uint8Array() };
}

const text = (fields) => new TextEncoder().encode(JSON.stringify(fields));

/** What a profile may be given, in place of the core's checks. */
const checked = (profile) => {
  for (const [name, value] of Object.entries(profile)) {
    if (!["quality", "lossless", "tile", "tune", "targetPsnr"].includes(name)) throw `param.unknown\nprofile toy has no parameter "${name}"`;
    const type = { lossless: "boolean", tune: "string" }[name] ?? "number";
    if (value != null && typeof value !== type) throw `param.type\n${name}: ${typeof value}`;
    if (name === "quality" && !(value >= 0 && value <= 100)) throw `param.range\nquality=${value}`;
  }
  return profile;
};

export const encode = (pixels, width, height, channels, depth, profile, ...rest) =>
  text({
    rest: [width, height, channels, depth, checked(profile), ...rest].map((v) => (v instanceof Uint8Array ? [...v] : v)),
    sum: pixels.reduce((a, b) => a + b, 0),
  });

export const pool_prepare = (threads) => threads - 1;
export function pool_run() {
  Atomics.wait(new Int32Array(wasm.memory.buffer), 0, 0);
  throw new WebAssembly.RuntimeError("unreachable");
}
export function pool_stop() {}

export function initSync({ module, memory }) {
  if (!(module instanceof WebAssembly.Module)) module = new WebAssembly.Module(module);
  const name = WebAssembly.Module.customSections(module, "v")[0];
  const variant = new TextDecoder().decode(name);
  memory ??= new WebAssembly.Memory(variant === "threads" ? { initial: 2, maximum: 9, shared: true } : { initial: 2 });
  wasm = { variant, memory };
  return wasm;
}

// What wasm-bindgen writes too, and the package must leave out.
export default async function __wbg_init() {
  return fetch(new URL("decoder_bg.wasm", import.meta.url));
}
