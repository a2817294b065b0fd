/** The codecs by one interface: decode(bytes) -> ImageData, encode(ImageData, quality) -> bytes. What they need is loaded once. */
const at = (path) => import(new URL(path, import.meta.url));

function peer(name, options = {}) {
  return {
    decode: async (bytes) => (await at(`./peers/${name}-decode.js`)).default(bytes.buffer),
    encode: async (image, quality) => new Uint8Array(await (await at(`./peers/${name}-encode.js`)).default(image, { ...options, quality })),
  };
}

/** The peer as ours runs: in a worker that is started for it. */
const peerInWorker = (name) => ({
  decode: (bytes) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(`./peer-worker.js?${name}`, import.meta.url), { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(`${name}: ${event.message}`));
      worker.postMessage(bytes.buffer, [bytes.buffer]);
    }),
});

const api = () => at("./one/index.js");

let baseline;

/** Not a codec: what comes before any decoding in a worker. */
const noWork = {
  async decode() {
    await api();
    const worker = new Worker(new URL("./empty-worker.js", import.meta.url), { type: "module" });
    await new Promise((resolve) => (worker.onmessage = resolve));
    worker.terminate();
  },
};

export const codecs = {
  /** Ready for a canvas, as the peers' pictures are. */
  vaerans: {
    decode: async (bytes) => (await (await api()).decode(bytes, { rgba: true })).toImageData(),
    encode: async (image, quality) => (await api()).encode(image, { quality }),
  },
  /** The samples that the file holds: RGB. */
  "vaerans, samples": { decode: async (bytes) => (await api()).decode(bytes) },
  /** The module of browsers without SIMD. */
  "vaerans, no SIMD": {
    async decode(bytes) {
      const { decode, init } = await at("./two/index.js");
      await (baseline ??= init({ wasm: { decoder: new URL("./two/wasm/decoder-base.wasm", import.meta.url) } }));
      return decode(bytes);
    },
  },
  "vaerans, no worker": {
    async decode(bytes) {
      const { decode, init } = await api();
      await init({ worker: false });
      return (await decode(bytes, { rgba: true })).toImageData();
    },
  },
  "vaerans' script and an empty worker": noWork,
  ...Object.fromEntries(["jxl", "avif", "webp", "jpeg"].map((name) => [`${name}, in a worker`, peerInWorker(name)])),
  jxl: peer("jxl"),
  /** Colour at full resolution, as ours and JPEG XL's; speed 6 is the package's default. */
  avif: peer("avif", { speed: 6, subsample: 3 }),
  /** As the package has it unless told otherwise. */
  "avif 4:2:0": peer("avif", { speed: 6 }),
  webp: peer("webp"),
  jpeg: peer("jpeg"),
};
