/** What every project does with the package: a gradient there and back, with and without loss. */
export function gradient(width = 64, height = 48) {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) data.set([x * 4, y * 5, (x + y) * 2, 255], at);
  }
  return { data, width, height };
}

/** FNV-1a, 32 bits: tells two byte sequences apart. */
export function hash(bytes) {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum.toString(16).padStart(8, "0");
}

const summary = (file, picture) => ({
  fileBytes: file.length,
  file: hash(file),
  width: picture.width,
  height: picture.height,
  channels: picture.channels,
  dtype: picture.dtype,
  pixels: hash(new Uint8Array(picture.data.buffer, picture.data.byteOffset, picture.data.byteLength)),
});

/** The hash of the gradient's samples with so many channels. */
export function expectedPixels(channels) {
  const { data } = gradient();
  return hash(data.filter((_, index) => index % 4 < channels));
}

export async function check({ decode, encode, engineInfo }) {
  const result = {};
  for (const [name, options] of Object.entries({ lossless: { lossless: true }, quality: { quality: 75 } })) {
    const file = await encode(gradient(), options);
    result[name] = summary(file, await decode(file));
  }
  result.isExact = result.lossless.pixels === expectedPixels(result.lossless.channels);
  return { ...result, engine: engineInfo() };
}

/** The pixels of a canvas, or of an <img> by way of one. */
export function shown(picture) {
  const [width, height] = [picture.naturalWidth ?? picture.width, picture.naturalHeight ?? picture.height];
  const canvas = picture.getContext ? picture : Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  if (canvas !== picture) context.drawImage(picture, 0, 0);
  return context.getImageData(0, 0, width, height);
}

export const isGradient = ({ data, width, height }) => width === gradient().width && height === gradient().height && hash(data) === hash(gradient().data);
