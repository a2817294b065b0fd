/** A file of the user's as RGBA of 8 bits, upright. */
import { define } from "./vaerans/img.js";

/** More would only make one wait here. */
const PIXELS = 16e6;

function read(source, width, height) {
  const scale = Math.min(1, Math.sqrt(PIXELS / (width * height)));
  const canvas = Object.assign(document.createElement("canvas"), {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { data, width: canvas.width, height: canvas.height, isScaled: scale < 1 };
}

/** A .vrn file by way of the package's own element. */
async function readVrn(file) {
  define();
  const element = Object.assign(document.createElement("vaerans-img"), { loading: "eager", hidden: true, src: URL.createObjectURL(file) });
  document.body.append(element);
  try {
    await new Promise((resolve, reject) => {
      element.addEventListener("load", resolve);
      element.addEventListener("error", ({ detail }) => reject(detail.error));
    });
    return read(element.shadowRoot.querySelector("canvas"), element.naturalWidth, element.naturalHeight);
  } finally {
    element.remove();
    URL.revokeObjectURL(element.src);
  }
}

export async function readPhoto(file) {
  if (/\.vrn$/i.test(file.name)) return readVrn(file);
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(`${file.name || "What was pasted"} is no picture that this browser can read.`);
  });
  try {
    return read(bitmap, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}
