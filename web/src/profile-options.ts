// Generated from the core's tables (tools/gen).
/** Options of the `photo` profile. */
export interface PhotoOptions {
  /** 0 smallest to 100 best; default 75 (int, 0 to 100). */
  quality?: number | undefined;
  /** Every sample comes back; quality is then without effect; default false. */
  lossless?: boolean | undefined;
  /** Largest error of a sample; 0 is lossless (int, 0 to 65535). */
  maxError?: number | undefined;
  /** 1 quickest to 9 smallest; default 5 (int, 1 to 9). */
  effort?: number | undefined;
  /** What a lossy picture should look good by; default "balanced". */
  tune?: "balanced" | "psnr" | "msssim" | undefined;
  /** Largest file: the best quality that fits (int, 1 to 1099511627776). */
  targetBytes?: number | undefined;
  /** Least PSNR in dB: the smallest file that reaches it (float, 1 to 100). */
  targetPsnr?: number | undefined;
  /** Lossless files that show a smaller picture first; they are larger; default false. */
  progressive?: boolean | undefined;
  /** Edge of the tiles in pixels, a multiple of 64; by default one tile up to 2 megapixels, 1024 above (int, 64 to 1048576). */
  tile?: number | undefined;
}

/** Options of the `vae` profile. */
export interface VaeOptions {
  /** 0 smallest to 100 best; default 75 (int, 0 to 100). */
  quality?: number | undefined;
  /** Every sample comes back; quality is then without effect; default false. */
  lossless?: boolean | undefined;
  /** Largest error of a sample; 0 is lossless (int, 0 to 65535). */
  maxError?: number | undefined;
  /** Largest file: the best quality that fits (int, 1 to 1099511627776). */
  targetBytes?: number | undefined;
  /** Least PSNR in dB: the smallest file that reaches it (float, 1 to 100). */
  targetPsnr?: number | undefined;
  /** Take the profile photo where the model does worse at equal bytes; default true. */
  fallback?: boolean | undefined;
}
