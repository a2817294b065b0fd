/** Photos as ImageData; PNG is read by the browser itself. */
const byUrl = new Map();

async function drawn(url) {
  const bitmap = await createImageBitmap(await (await fetch(new URL(url, import.meta.url))).blob(), { colorSpaceConversion: "none" });
  return { bitmap, width: bitmap.width, height: bitmap.height };
}

/** Photos side by side, `columns` to a row, each 768x512; upright ones are turned by 90 degrees. */
async function mosaic(urls, columns) {
  const [width, height] = [768, 512];
  const canvas = new OffscreenCanvas(columns * width, Math.ceil(urls.length / columns) * height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  for (const [i, url] of urls.entries()) {
    const { bitmap } = await drawn(url);
    context.setTransform(1, 0, 0, 1, (i % columns) * width, Math.floor(i / columns) * height);
    if (bitmap.height > bitmap.width) context.transform(0, 1, -1, 0, width, 0);
    context.drawImage(bitmap, 0, 0);
  }
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function single(url) {
  const { bitmap, width, height } = await drawn(url);
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height);
}

/** source: the address of a photo, or { urls, columns } for a mosaic of photos. */
export function picture(source) {
  const key = JSON.stringify(source);
  if (!byUrl.has(key)) byUrl.set(key, typeof source === "string" ? single(source) : mosaic(source.urls, source.columns));
  return byUrl.get(key);
}

/** Decibel over all RGB samples of 8 bits. */
export function psnr(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 4) sum += (a[i] - b[i]) ** 2 + (a[i + 1] - b[i + 1]) ** 2 + (a[i + 2] - b[i + 2]) ** 2;
  return 10 * Math.log10((255 ** 2 * (a.length / 4) * 3) / sum);
}
