/** A file of the user's as RGBA of 8 bits, upright, and what of it that leaves out. */
import { decode } from "./vaerans/index.js";
import { kindOf } from "./kind.js";

/** More would only make one wait here. */
const PIXELS = 16e6;
/** Of a picture that is looked through for colours outside sRGB. */
const LOOKED_AT = 512;

/** A canvas of its own with the source on it, made smaller if it has too many pixels. */
function paint(source, width, height, most, settings) {
  const scale = Math.min(1, Math.sqrt(most / (width * height)));
  const canvas = Object.assign(document.createElement("canvas"), {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  });
  const context = canvas.getContext("2d", { willReadFrequently: true, ...settings });
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context;
}

const linear = (v) => (v <= 10 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);

/** Whether sRGB cannot show all colours: a Display P3 canvas holds some that lie outside of it. */
function isWide(source, width, height) {
  const context = paint(source, width, height, LOOKED_AT ** 2, { colorSpace: "display-p3" });
  if (context.getContextAttributes?.().colorSpace !== "display-p3") return false;
  const { data } = context.getImageData(0, 0, context.canvas.width, context.canvas.height, { colorSpace: "display-p3" });
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = [linear(data[i]), linear(data[i + 1]), linear(data[i + 2])];
    const inside = [1.22494 * r - 0.22494 * g, -0.04206 * r + 1.04206 * g, -0.01964 * r - 0.07864 * g + 1.09827 * b];
    if (inside.some((v) => v < -0.01 || v > 1.01)) return true;
  }
  return false;
}

function notesOf({ bits, isAnimated }, { isScaled, isWide, width, height }) {
  return [
    isScaled && `made smaller for this page: the file has ${width} × ${height}`,
    bits > 8 && `the file has ${bits} bits a sample, this page codes 8`,
    isWide && "colours outside sRGB are lost here: a browser's canvas has sRGB",
    isAnimated && "the first frame of an animation",
  ].filter(Boolean);
}

function read(source, width, height, kind) {
  const context = paint(source, width, height, PIXELS);
  const { canvas } = context;
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height, { colorSpace: "srgb" });
  const isScaled = canvas.width * canvas.height < width * height;
  const notes = notesOf(kind, { isScaled, isWide: isWide(source, width, height), width, height });
  const hasAlpha = data.some((value, i) => (i & 3) === 3 && value < 255);
  return { data, width: canvas.width, height: canvas.height, hasAlpha, notes, sourcePixels: width * height };
}

/** Where the axes of the stored picture point on the upright one, by EXIF orientation: a, b, c, d of a canvas's transform. */
const AXES = {
  1: [1, 0, 0, 1],
  2: [-1, 0, 0, 1],
  3: [-1, 0, 0, -1],
  4: [1, 0, 0, -1],
  5: [0, 1, 1, 0],
  6: [0, 1, -1, 0],
  7: [0, -1, -1, 0],
  8: [0, -1, 1, 0],
};

/** Draws a stored picture upright, from (0, 0) on. */
function upright(stored, orientation) {
  const [a, b, c, d] = AXES[orientation];
  const [width, height] = [Math.abs(a * stored.width + c * stored.height), Math.abs(b * stored.width + d * stored.height)];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.setTransform(a, b, c, d, a + c < 0 ? width : 0, b + d < 0 ? height : 0);
  context.drawImage(stored, 0, 0);
  return canvas;
}

async function readVrn(file, kind) {
  const picture = await decode(file, { rgba: true });
  const stored = await createImageBitmap(picture.toImageData());
  const canvas = upright(stored, picture.meta.orientation);
  const photo = read(canvas, canvas.width, canvas.height, { ...kind, bits: picture.meta.dtype === "uint16" ? 16 : 8 });
  photo.notes.push("decoded from a .vrn file: coding it once more is easier for vaerans than for the others");
  return photo;
}

async function readOther(file, kind) {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(`${file.name || "What was pasted"} is no picture that this browser can read.`);
  });
  try {
    return read(bitmap, bitmap.width, bitmap.height, kind);
  } finally {
    bitmap.close();
  }
}

/** `{ data, width, height, hasAlpha, notes, sourcePixels, format, bytes, name }`; an Error in words for people if it is no picture. */
export async function readPhoto(file) {
  if (!file.size) throw new Error(`${file.name || "What was pasted"} is empty.`);
  const kind = kindOf(new Uint8Array(await file.slice(0, 65536).arrayBuffer()));
  const isVrn = kind.format === "VRN" || /\.vrn$/i.test(file.name);
  const photo = await (isVrn ? readVrn : readOther)(file, kind);
  return { ...photo, format: kind.format || "file", bytes: file.size, name: file.name };
}
