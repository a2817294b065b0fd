// One line for each line of the registry (crates/vaerans/src/codec/registry.rs); a test compares the names.
import { pair, system } from "./pipe-system.js";

/** How deep a wavelet transform goes; default 4. */
interface Levels {
  levels?: number;
}

/** Channels per group: 2, 4, 8 or 16; default 4. */
interface Size {
  size?: number;
}

/** Whether planes are float32, for lossy transforms, without the floors of the reversible integer transform. */
interface Float {
  float?: boolean;
}

/** A scale for each band or channel; 1 to 16 bits, or a number of symbols from 2 to 65536. */
interface Uniform {
  perBand?: boolean;
  perChannel?: boolean;
  bits?: number;
  symbols?: number;
}

/** Step size in units of a sample; what is added before the integer part is taken (0 to 0.5); offset towards 0 in steps. */
interface Zone {
  step?: number;
  rounding?: number;
  offset?: number;
  weighted?: boolean;
}

/** Keys of the two pictures; `dtype` "i16" or "i32"; the largest error per sample after adding it, 0 is lossless. */
interface Difference extends Pictures {
  dtype?: "i16" | "i32";
  maxError?: number;
}

/** Setting "fast" or "precise"; whether blocks of a band may have tables of their own. */
interface Coder {
  coder?: "rans";
  setting?: "fast" | "precise";
  adaptive?: boolean;
}

/** Keys of the two pictures, "RGB" and "ReconRGB" by default. */
interface Pictures {
  src?: string;
  recon?: string;
}

interface Model {
  model?: string;
}

/** Luma-chroma transform of a picture: RGB -> Planes. */
export const [YCoCgR, YCoCgRInverse] = pair<Float, Float>("YCoCgR", "YCoCgRInverse");
/** Orthonormal Hadamard rotation of groups of channels: Latent4 -> YUVW4. */
export const [Hadamard4, Hadamard4Inverse] = pair<Size, Size>("Hadamard4", "Hadamard4Inverse");
/** CDF 5/3 wavelet: Latent4, YUVW4 or Planes -> WaveletPyr; reversible on integers. */
export const [WaveletCDF53, WaveletCDF53Inverse] = pair<Levels, Levels>("WaveletCDF53", "WaveletCDF53Inverse");
/** CDF 9/7 wavelet: Latent4, YUVW4 or Planes -> WaveletPyr. */
export const [WaveletCDF97, WaveletCDF97Inverse] = pair<Levels, Levels>("WaveletCDF97", "WaveletCDF97Inverse");
/** Haar wavelet: Latent4, YUVW4 or Planes -> WaveletPyr. */
export const [WaveletHaar, WaveletHaarInverse] = pair<Levels, Levels>("WaveletHaar", "WaveletHaarInverse");
/** Needs a network: in a page `to` throws `unavailable.feature`. */
export const [OnnxVAEEncode, OnnxVAEDecode] = pair<Model, Model>("OnnxVAEEncode", "OnnxVAEDecode");
/** Needs a model that Python fits: in a page `to` throws `unavailable.feature`. */
export const [PILVAEEncode, PILVAEDecode] = pair<Model, Model>("PILVAEEncode", "PILVAEDecode");
/** Difference of a picture and its reconstruction: RGB, ReconRGB -> Residual. */
export const [Residual, AddResidual] = pair<Difference, Pick<Pictures, "recon">>("Residual", "AddResidual");
const [Quantize, Undo] = pair<Uniform>("QuantizeU8", "Dequantize");
/** Uniform quantiser: WaveletPyr, YUVW4 or Latent4 -> SymbolsU8; the error is at most half a scale. */
export const QuantizeU8 = Object.assign(Quantize, { dequantize: Quantize.inverse });
/** Undoes QuantizeU8 with the scales that the symbols carry. */
export const Dequantize = Undo;
/** Dead-zone quantiser: WaveletPyr or Planes -> SymbolsU8 (int32). */
export const [DeadZone, DeadZoneInverse] = pair<Zone>("DeadZone", "DeadZoneInverse");
/** Interleaved rANS: symbols, or integers of a pyramid or residual -> Bitstream. */
export const [ANSEncode, ANSDecode] = pair<Coder>("ANSEncode", "ANSDecode");
/** Separable Gaussian blur of a picture, sigma in pixels: RGB or ReconRGB -> BlurRGB. */
export const GaussianBlur = system<{ sigma?: number }>("GaussianBlur");
/** Peak signal-to-noise ratio in dB: RGB, ReconRGB -> PSNR. */
export const MetricPSNR = system<Pictures>("MetricPSNR");
/** Mean structural similarity over 7 x 7 windows: RGB, ReconRGB -> SSIM. */
export const MetricSSIM = system<Pictures>("MetricSSIM");
/** Multi-scale structural similarity, 1 to 5 scales: RGB, ReconRGB -> MSSSIM. */
export const MetricMSSSIM = system<Pictures & { scales?: number }>("MetricMSSSIM");
