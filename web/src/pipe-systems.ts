// Generated from the core's tables (tools/gen).
import { pair, quantizer, system } from "./pipe-system.js";

/** Parameters of `YCoCgR`. */
export interface YCoCgRParameters {
  /** Float32 planes for lossy transforms, without the floors of the reversible int32 transform; default false. */
  float?: boolean | undefined;
}
/** Samples (H, W, C) to planes (C, H, W); RGB to YCoCg-R, reversible (or its float relative): RGB -> Planes. */
export const [YCoCgR, YCoCgRInverse] = pair<YCoCgRParameters, YCoCgRParameters>("YCoCgR", "YCoCgRInverse");

/** Parameters of `Hadamard4`. */
export interface Hadamard4Parameters {
  /** Channels per group: 2, 4, 8 or 16; default 4 (int, 2 to 16). */
  size?: number | undefined;
}
/** Orthonormal Hadamard rotation of groups of 4 (2, 8, 16) channels: Latent4 or Planes -> YUVW4. */
export const [Hadamard4, Hadamard4Inverse] = pair<Hadamard4Parameters, Hadamard4Parameters>("Hadamard4", "Hadamard4Inverse");

/** Parameters of `WaveletCDF53`. */
export interface WaveletCDF53Parameters {
  /** Splits; those of a single sample change nothing; default 4 (int, 0 to 30). */
  levels?: number | undefined;
}
/** Le Gall 5/3 wavelet; reversible on integers: Planes or Latent4 or YUVW4 -> WaveletPyr. */
export const [WaveletCDF53, WaveletCDF53Inverse] = pair<WaveletCDF53Parameters, WaveletCDF53Parameters>("WaveletCDF53", "WaveletCDF53Inverse");

/** Parameters of `WaveletCDF97`. */
export interface WaveletCDF97Parameters {
  /** Splits; those of a single sample change nothing; default 4 (int, 0 to 30). */
  levels?: number | undefined;
}
/** CDF 9/7 wavelet, float32: Planes or Latent4 or YUVW4 -> WaveletPyr. */
export const [WaveletCDF97, WaveletCDF97Inverse] = pair<WaveletCDF97Parameters, WaveletCDF97Parameters>("WaveletCDF97", "WaveletCDF97Inverse");

/** Parameters of `WaveletHaar`. */
export interface WaveletHaarParameters {
  /** Splits; those of a single sample change nothing; default 4 (int, 0 to 30). */
  levels?: number | undefined;
}
/** Haar wavelet, orthonormal on float32; on integers the reversible S-transform: Planes or Latent4 or YUVW4 -> WaveletPyr. */
export const [WaveletHaar, WaveletHaarInverse] = pair<WaveletHaarParameters, WaveletHaarParameters>("WaveletHaar", "WaveletHaarInverse");

/** Parameters of `OnnxVAEEncode`. */
export interface OnnxVAEEncodeParameters {
  /** What people call the model; the SHA-256 of its weights tells which it is. */
  name?: string | undefined;
}
/** Latent means of a model folder, by ONNX Runtime: RGB -> Latent4. In a page `to` throws `unavailable.feature`. */
export const [OnnxVAEEncode, OnnxVAEDecode] = pair<OnnxVAEEncodeParameters, OnnxVAEEncodeParameters>("OnnxVAEEncode", "OnnxVAEDecode");

/** Parameters of `PILVAEEncode`. */
export interface PILVAEEncodeParameters {
  /** What people call the model; the SHA-256 of its weights tells which it is. */
  name?: string | undefined;
}
/** Latents of the closed-form model that ships: RGB -> Latent4. In a page `to` throws `unavailable.feature`. */
export const [PILVAEEncode, PILVAEDecode] = pair<PILVAEEncodeParameters, PILVAEEncodeParameters>("PILVAEEncode", "PILVAEDecode");

/** Parameters of `VAEEncode`. */
export interface VAEEncodeParameters {
  /** SHA-256 of the plan of the model's decoder. */
  model?: Uint8Array | undefined;
  /** Channels of the latent; default 4 (int, 1 to 4096). */
  channels?: number | undefined;
  /** Pixels of a sample of the latent along each axis; default 8 (int, 1 to 256). */
  downscale?: number | undefined;
  /** SHA-256 of what the decoder was compiled from. */
  source?: Uint8Array | undefined;
  /** What people call the model. */
  name?: string | undefined;
}
/** Latent means of a compiled model, by the engine of this library: RGB -> Latent4. In a page `to` throws `unavailable.feature`. */
export const [VAEEncode, VAEDecode] = pair<VAEEncodeParameters, VAEEncodeParameters>("VAEEncode", "VAEDecode");

/** Parameters of `LayeredVAEEncode`. */
export interface LayeredVAEEncodeParameters {
  /** First 8 bytes of the SHA-256 of the codec's head. */
  model?: Uint8Array | undefined;
  /** Quality of the codec, 0 its smallest; default 0 (int, 0 to 4095). */
  step?: number | undefined;
  /** What people call the codec. */
  name?: string | undefined;
}
/** Integers of a learned codec: a base layer, from some quality on one that enhances it: RGB -> SymbolsU8. In a page `to` throws `unavailable.feature`. */
export const [LayeredVAEEncode, LayeredVAEDecode] = pair<LayeredVAEEncodeParameters, LayeredVAEEncodeParameters>("LayeredVAEEncode", "LayeredVAEDecode");

/** Parameters of `QuantizeU8`. */
export interface QuantizeU8Parameters {
  /** A scale for every band of every channel, as per="band"; default false. */
  perBand?: boolean | undefined;
  /** A scale for every channel, as per="channel"; default false. */
  perChannel?: boolean | undefined;
  /** Bits of a symbol, as symbols=2**bits; default 8 (int, 1 to 16). */
  bits?: number | undefined;
  /** Number of symbols: uint8 up to 256, uint16 above; default 256 (int, 2 to 65536). */
  symbols?: number | undefined;
  /** What shares a scale: the tensor, a channel, or a band of a channel; default "tensor". */
  per?: "tensor" | "channel" | "band" | undefined;
}
/** Parameters of `Dequantize`. */
export interface DequantizeParameters {
  /** Number of symbols: uint8 up to 256, uint16 above; default 256 (int, 2 to 65536). */
  symbols?: number | undefined;
  /** What shares a scale: the tensor, a channel, or a band of a channel; default "tensor". */
  per?: "tensor" | "channel" | "band" | undefined;
}
/** Affine quantiser over the range of a tensor, channel or band; error at most scale / 2 + 2**-20 of the largest magnitude (float32 rounds): WaveletPyr or Planes or Latent4 or YUVW4 -> SymbolsU8. */
export const [QuantizeU8, Dequantize] = quantizer<QuantizeU8Parameters, DequantizeParameters>("QuantizeU8", "Dequantize");

/** Parameters of `DeadZone`. */
export interface DeadZoneParameters {
  /** Step of a plane of its own, in units of a sample; default 1 (float, 1e-09 to 1e+09). */
  step?: number | undefined;
  /** Part of a step added before the floor: 0.5 rounds, less widens the zero bin; default 0.34 (float, 0 to 0.5). */
  rounding?: number | undefined;
  /** Part of a step by which rebuilt magnitudes are moved away from 0; default 0.03 (float, -0.5 to 0.5). */
  offset?: number | undefined;
  /** The planes are Y, Co, Cg, alpha (or grey, alpha), each with its weight in the picture; default false. */
  weighted?: boolean | undefined;
}
/** Dead-zone quantiser; the step of a band follows from its synthesis norm (and colour plane): WaveletPyr or Planes or Latent4 or YUVW4 -> SymbolsU8. */
export const [DeadZone, DeadZoneInverse] = quantizer<DeadZoneParameters, DeadZoneParameters>("DeadZone", "DeadZoneInverse");

/** Parameters of `ANSEncode`. */
export interface ANSEncodeParameters {
  /** "rans" (ours), or words that the constriction package decodes; default "rans". */
  coder?: "rans" | "constriction" | undefined;
  /** 12-bit probabilities, or 14: at most 0.05 % over the entropy; default "fast". */
  setting?: "fast" | "precise" | undefined;
  /** Signed symbols: blocks of like magnitude share a table, whole planes are differences; others: differences where they pay; default false. */
  adaptive?: boolean | undefined;
}
/** Interleaved rANS with static tables of bands or classes of blocks, a chunk per level: SymbolsU8 or WaveletPyr or Planes or Residual -> Bitstream. */
export const [ANSEncode, ANSDecode] = pair<ANSEncodeParameters, ANSEncodeParameters>("ANSEncode", "ANSDecode");

/** Parameters of `PredictEncode`. */
export interface PredictEncodeParameters {
  /** First 8 bytes of the SHA-256 of the predictor. */
  model?: Uint8Array | undefined;
  /** Quality of the predictor, 0 its smallest; default 0 (int, 0 to 4095). */
  step?: number | undefined;
}
/** A mean and a scale for each integer from its neighbours and earlier channels, rANS, a chunk per layer: SymbolsU8 -> Bitstream. */
export const [PredictEncode, PredictDecode] = pair<PredictEncodeParameters, PredictEncodeParameters>("PredictEncode", "PredictDecode");

/** Parameters of `PhotoEncode`. */
export interface PhotoEncodeParameters {
  /** False: every sample of colour comes back; default true. */
  lossy?: boolean | undefined;
  /** 0 smallest to 100 best (int, 0 to 100). */
  quality?: number | undefined;
  /** What it should look good by. */
  tune?: "balanced" | "psnr" | "msssim" | undefined;
  /** 1 quickest to 9 smallest (int, 1 to 9). */
  effort?: number | undefined;
}
/** Colour, wavelet, trellis quantiser and context coder of photos; alpha is left out: RGB -> Bitstream. */
export const [PhotoEncode, PhotoDecode] = pair<PhotoEncodeParameters, PhotoEncodeParameters>("PhotoEncode", "PhotoDecode");

/** Parameters of `LosslessEncode`. */
export interface LosslessEncodeParameters {
  /** Largest error of a sample; 0: every sample comes back; default 0 (int, 0 to 65535). */
  maxError?: number | undefined;
  /** 1 quickest to 9 smallest (int, 1 to 9). */
  effort?: number | undefined;
}
/** Predictive coder of photos, or coder of screens, whichever is smaller; a section for 128 rows: RGB -> Bitstream. */
export const [LosslessEncode, LosslessDecode] = pair<LosslessEncodeParameters, LosslessEncodeParameters>("LosslessEncode", "LosslessDecode");

/** Parameters of `Alpha`. */
export interface AlphaParameters {
  /** Key of the picture; default "RGB". */
  src?: string | undefined;
  /** Key of the picture that alpha is put into; default "ReconRGB". */
  recon?: string | undefined;
}
/** Alpha of a picture as a grey one, for what codes colour alone; the inverse puts it back: RGB -> Alpha. */
export const [Alpha, AddAlpha] = pair<AlphaParameters, AlphaParameters>("Alpha", "AddAlpha");

/** Parameters of `Residual`. */
export interface ResidualParameters {
  /** Key of the picture; default "RGB". */
  src?: string | undefined;
  /** Key of its reconstruction; default "ReconRGB". */
  recon?: string | undefined;
  /** "i16" of uint8 pictures, "i32" of uint16 ones; by default the right one. */
  dtype?: "i16" | "i32" | undefined;
  /** Largest error of a sample after adding it; 0 is lossless; default 0 (int, 0 to 65535). */
  maxError?: number | undefined;
}
/** Difference of a picture and its reconstruction, exact or within max_error: RGB, ReconRGB -> Residual. */
export const [Residual, AddResidual] = pair<ResidualParameters, ResidualParameters>("Residual", "AddResidual");

/** Parameters of `GaussianBlur`. */
export interface GaussianBlurParameters {
  /** Standard deviation in pixels; the window ends at 4 sigma; default 1 (float, 0 to 1024). */
  sigma?: number | undefined;
}
/** Separable Gaussian blur of a picture; a picture without a past: what is coded from here on decodes to it: RGB -> BlurRGB. */
export const GaussianBlur = system<GaussianBlurParameters>("GaussianBlur");

/** Parameters of `MetricPSNR`. */
export interface MetricPSNRParameters {
  /** Key of the picture; default "RGB". */
  src?: string | undefined;
  /** Key of its reconstruction; default "ReconRGB". */
  recon?: string | undefined;
}
/** Peak signal-to-noise ratio over all samples, in dB: RGB, ReconRGB -> PSNR. */
export const MetricPSNR = system<MetricPSNRParameters>("MetricPSNR");

/** Parameters of `MetricSSIM`. */
export interface MetricSSIMParameters {
  /** Key of the picture; default "RGB". */
  src?: string | undefined;
  /** Key of its reconstruction; default "ReconRGB". */
  recon?: string | undefined;
}
/** Mean structural similarity over 7x7 windows, as scikit-image: RGB, ReconRGB -> SSIM. */
export const MetricSSIM = system<MetricSSIMParameters>("MetricSSIM");

/** Parameters of `MetricMSSSIM`. */
export interface MetricMSSSIMParameters {
  /** Key of the picture; default "RGB". */
  src?: string | undefined;
  /** Key of its reconstruction; default "ReconRGB". */
  recon?: string | undefined;
  /** S scales need sides of 10 * 2**(s - 1) + 1 pixels: 161 for 5; default 5 (int, 1 to 5). */
  scales?: number | undefined;
}
/** Multi-scale structural similarity (Wang 2003), mean over the channels: RGB, ReconRGB -> MSSSIM. */
export const MetricMSSSIM = system<MetricMSSSIMParameters>("MetricMSSSIM");
