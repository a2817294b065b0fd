import type { Picture } from "./picture.js";
import type { ColorSpace } from "./space.js";

/** First source pixel and steps to the right and downwards in it, by EXIF orientation (EXIF 2.32, tag 0x0112). */
function walk(orientation: number, width: number, height: number): [start: number, right: number, down: number] {
  const end = width * height - 1;
  const left = end - width + 1; // bottom left
  switch (orientation) {
    case 2:
      return [width - 1, -1, width];
    case 3:
      return [end, -1, -width];
    case 4:
      return [left, 1, -width];
    case 5:
      return [0, width, 1];
    case 6:
      return [left, -width, 1];
    case 7:
      return [end, -width, -1];
    case 8:
      return [width - 1, width, -1];
    default:
      return [0, 1, width];
  }
}

/** RGBA turned as the orientation says. @internal */
export function upright(image: ImageData, orientation: number): { data: Uint8ClampedArray; width: number; height: number } {
  const { data, width, height } = image;
  if (!(orientation > 1 && orientation < 9)) return image;
  const source = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const turned = new Uint32Array(source.length);
  const [start, right, down] = walk(orientation, width, height);
  const [columns, rows] = orientation > 4 ? [height, width] : [width, height];
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0, from = start + y * down; x < columns; x++, from += right) turned[to++] = source[from]!;
  }
  return { data: new Uint8ClampedArray(turned.buffer), width: columns, height: rows };
}

/** Display P3 to sRGB in linear light; both have the transfer curve of IEC 61966-2-1. For canvases without Display P3. */
function narrow(data: Uint8ClampedArray): void {
  const linear = Float32Array.from({ length: 256 }, (_, i) => (i <= 10 ? i / 255 / 12.92 : ((i / 255 + 0.055) / 1.055) ** 2.4));
  const encoded = Uint8ClampedArray.from({ length: 4097 }, (_, i) => 255 * (i < 13 ? (i / 4096) * 12.92 : 1.055 * (i / 4096) ** (1 / 2.4) - 0.055));
  const code = (v: number): number => encoded[Math.min(4096, Math.max(0, v * 4096 + 0.5)) | 0]!;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = [linear[data[i]!]!, linear[data[i + 1]!]!, linear[data[i + 2]!]!];
    data[i] = code(1.22494 * r - 0.22494 * g);
    data[i + 1] = code(-0.04206 * r + 1.04206 * g);
    data[i + 2] = code(-0.01964 * r - 0.07864 * g + 1.09827 * b);
  }
}

type Canvas = HTMLCanvasElement | OffscreenCanvas;

/** Whether this canvas got the space that was asked for. Browsers without it throw, or give sRGB. */
function context(canvas: Canvas, space: ColorSpace): [CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, ColorSpace] {
  if (space === "display-p3") {
    try {
      const wide = canvas.getContext("2d", { colorSpace: space }) as CanvasRenderingContext2D;
      if (wide.getContextAttributes().colorSpace === space && new ImageData(1, 1, { colorSpace: space }).colorSpace === space) return [wide, space];
    } catch {}
  }
  return [canvas.getContext("2d") as CanvasRenderingContext2D, "srgb"];
}

/** Puts a picture on a canvas as it is to be shown: turned upright, in its colour space. The canvas gets the picture's size. @internal */
export function show(picture: Picture, canvas: Canvas): void {
  const space = picture.colorSpace;
  const { data, width, height } = upright(picture.toImageData(), picture.meta.orientation);
  Object.assign(canvas, { width, height });
  const [drawing, got] = context(canvas, space);
  if (got !== space) narrow(data);
  drawing.putImageData(new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height, got === "srgb" ? undefined : { colorSpace: got }), 0, 0);
}
