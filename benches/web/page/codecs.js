/** The codecs by one interface: decode(bytes) -> ImageData, encode(ImageData, quality) -> bytes. What they need is loaded once. */
const at = (path) => import(new URL(path, import.meta.url));

function peer(name, options = {}) {
  return {
    decode: async (bytes) => (await at(`./peers/${name}-decode.js`)).default(bytes.buffer),
    encode: async (image, quality) => new Uint8Array(await (await at(`./peers/${name}-encode.js`)).default(image, { ...options, quality })),
  };
}

const api = () => at("./one/index.js");

export const codecs = {
  /** Ready for a canvas, as the peers' pictures are. */
  vaerans: {
    decode: async (bytes) => (await (await api()).decode(bytes)).toImageData(),
    encode: async (image, quality) => (await api()).encode(image, { quality }),
  },
  /** The samples that the file holds: RGB. */
  "vaerans, samples": { decode: async (bytes) => (await api()).decode(bytes) },
  "vaerans, no worker": {
    async decode(bytes) {
      const { decode, init } = await api();
      await init({ worker: false });
      return (await decode(bytes)).toImageData();
    },
  },
  jxl: peer("jxl"),
  /** Colour at full resolution, as ours and JPEG XL's; speed 6 is the package's default. */
  avif: peer("avif", { speed: 6, subsample: 3 }),
  /** As the package has it unless told otherwise. */
  "avif 4:2:0": peer("avif", { speed: 6 }),
  webp: peer("webp"),
  jpeg: peer("jpeg"),
};
