/**
 * Runs in every engine: has the package make what Python made, and says where it made something else.
 * The corpus is what tests/parity/write.py writes.
 */
import { comparePipes } from "./pipes.js";
import { Report, bytesOf, camel, sha256 } from "./report.js";

/** What each run asks of `init`, and whether the engine then is what was asked for. */
const RUNS = {
  base: { module: "base", isRight: ({ variant }) => variant === "base" },
  simd: { module: "simd", isRight: ({ variant }) => variant === "simd" },
  threads: { module: "threads", threads: 2, isRight: ({ variant, sharedMemory }) => variant === "threads" && sharedMemory },
  instances: { threads: 2, isRight: ({ threads, sharedMemory }) => threads === 2 && !sharedMemory },
};
const SAMPLES = { uint8: Uint8Array, uint16: Uint16Array };
/** So many calls under way: the hashes are taken while a worker does the next. */
const AT_ONCE = 8;

/**
 * wasm(name): where a module of the package is; package: what `vaerans` and `vaerans/pipe` export.
 * Gives counts of equal results, the first of those that are not equal, those that were equal only when made again, and what the engine says of itself.
 */
export async function compare({ api, pipe, corpus, blob, run, wasm }) {
  const { module, threads = 1, isRight } = RUNS[run];
  const report = new Report();
  const read = ([at, length]) => blob.slice(at, at + length);
  await api.init({ threads, ...(module && { wasm: { decoder: wasm(`decoder-${module}`), encoder: wasm(`encoder-${module}`) } }) });
  await each(
    corpus.pictures.flatMap((picture) => picture.files.map((file) => ({ picture, file }))),
    async ({ picture, file }) => {
      const name = `${picture.name} ${JSON.stringify(file.options)}`;
      await report.check("files", name, file.sha256, async () => {
        const made = await encode(api, picture, file.options, read);
        return [await sha256(made), made];
      });
      await decodeAll(api, report, name, file, read);
    },
  );
  const counted = api.getMemoryStats().instances.map((one) => one.module);
  const engine = api.engineInfo();
  if (!isRight(engine)) report.note("engine", run, "the module asked for", JSON.stringify(engine));
  if (module) await each(corpus.pipes.files, (file) => decodeAll(api, report, file.name, file, read));
  if (pipe) await comparePipes(pipe, report, corpus.pipes, read, { variant: module, wasm: wasm(`pipe-${module}`) });
  api.dispose();
  return { ...report.result(), engine, instances: counted };
}

function encode(api, { at, width, height, channels, dtype }, options, read) {
  const blocks = Object.fromEntries(["icc", "exif"].filter((key) => options[key]).map((key) => [key, read(options[key])]));
  const data = new SAMPLES[dtype](read(at).buffer);
  return api.encode({ data, width, height, channels }, { ...options, ...blocks });
}

/** Every part of a file that the corpus knows; the blocks that travel along, with the whole. */
async function decodeAll(api, report, name, { at, options: { icc, exif, orientation } = {}, decoded }, read) {
  for (const { options, cut, shape, dtype, sha256: expected } of decoded) {
    const what = `${name} decoded ${JSON.stringify(options)}`;
    await report.check("decodings", what, `${shape} ${dtype} ${expected}`, async () => {
      const picture = await api.decode(read(at).subarray(0, cut), rectangle(camel(options)));
      for (const [key, block] of Object.entries({ icc, exif })) {
        if ((await sha256(picture.meta[key])) !== (await sha256(block ? read(block) : new Uint8Array()))) throw new Error(`another ${key}`);
      }
      if (orientation && picture.meta.orientation !== orientation) throw new Error(`orientation ${picture.meta.orientation}`);
      return [`${picture.shape} ${picture.dtype} ${await sha256(picture.data)}`, bytesOf(picture.data)];
    });
  }
}

function rectangle({ region, ...options }) {
  if (!region) return options;
  const [x, y, width, height] = region;
  return { ...options, region: { x, y, width, height } };
}

/** All items, in order, AT_ONCE at a time. */
async function each(items, work) {
  const next = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of next) await work(item);
    }),
  );
}
