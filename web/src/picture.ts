import { fail } from "./errors.js";
import type { CanvasImage } from "./platform.js";
import { samplesOf } from "./samples.js";
import type { ColorSpace } from "./space.js";
import type { Meta, Raw, Samples } from "./types.js";

/**
 * A decoded picture or tensor.
 */
export class Picture {
  /** Interleaved samples, row after row. */
  readonly data: Samples;
  /** Size in pixels of what was decoded, at the scale and of the region asked for; 0 for a tensor. */
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: number;
  /** NumPy's word for the type of a sample, for example `uint8`. */
  readonly dtype: string;
  /** [height, width, channels], or the tensor's shape. */
  readonly shape: number[];
  /** Of the whole file. Orientation and ICC profile are told, not applied. */
  readonly meta: Meta;
  /** What the ICC profile says that a canvas knows: Display P3; sRGB for any other profile and none. */
  readonly colorSpace: ColorSpace;

  /** @internal */
  constructor(raw: Raw, colorSpace: ColorSpace) {
    const { data, shape, dtype, info, icc, exif } = raw;
    this.dtype = dtype;
    this.data = samplesOf(dtype, data);
    this.meta = { ...info, icc, exif };
    this.colorSpace = colorSpace;
    [this.height, this.width, this.channels] = (info.kind === "picture" ? shape : [0, 0, 0]) as [number, number, number];
    this.shape = shape;
  }

  /**
   * RGBA of 8 bits for a canvas. 16-bit samples are rounded to 8; RGBA of 8 bits is not copied. The samples keep their
   * orientation and colour space; the ImageData is of `colorSpace`, in a browser that has no other of sRGB. Where there is no
   * ImageData (Node), an object of the same fields.
   *
   * @throws {VaeransError} `param.dtype`: floats and tensors are no pictures.
   */
  toImageData(): CanvasImage {
    const { width, height, colorSpace } = this;
    const data = rgba(this) as Uint8ClampedArray<ArrayBuffer>;
    try {
      return new ImageData(data, width, height, { colorSpace });
    } catch {
      return globalThis.ImageData ? new ImageData(data, width, height) : ({ data, width, height, colorSpace } as ImageData);
    }
  }
}

function rgba({ data, channels, dtype, width, height }: Picture): Uint8ClampedArray {
  let eight = data;
  // v/257 rounded to the nearest.
  if (dtype === "uint16") eight = new Uint8Array(data.length).map((_, i) => ((data[i] as number) * 255 + 32895) >>> 16);
  if (!(eight instanceof Uint8Array) || !width) fail("param.dtype", `${dtype}: expected a picture of uint8 or uint16`);
  if (channels === 4) return new Uint8ClampedArray(eight.buffer, eight.byteOffset, eight.length);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const out = new Uint32Array(width * height);
  for (let i = 0, j = 0; i < out.length; i++, j += channels) {
    const alpha = channels === 2 ? eight[j + 1]! : 255;
    out[i] = eight[j]! | (eight[j + green]! << 8) | (eight[j + blue]! << 16) | (alpha << 24);
  }
  return new Uint8ClampedArray(out.buffer);
}
