// Generated from the core's tables (tools/gen).
/** Options of the `photo` profile. */
export const OPTIONS = [
  { name: "quality", type: "int", text: "0 smallest to 100 best; default 75", range: [0, 100] },
  { name: "lossless", type: "bool", text: "every sample comes back; quality is then without effect; default false" },
  { name: "maxError", type: "int", text: "largest error of a sample; 0 is lossless", range: [0, 65535] },
  { name: "effort", type: "int", text: "1 quickest to 9 smallest; default 5", range: [1, 9] },
  { name: "tune", type: "str", text: 'what a lossy picture should look good by; default "balanced"' },
  { name: "targetBytes", type: "int", text: "largest file: the best quality that fits", range: [1, 1099511627776] },
  { name: "targetPsnr", type: "float", text: "least PSNR in dB: the smallest file that reaches it", range: [1.0, 100.0] },
  { name: "progressive", type: "bool", text: "lossless files that show a smaller picture first; they are larger; default false" },
  {
    name: "tile",
    type: "int",
    text: "edge of the tiles in pixels, a multiple of 64; by default one tile up to 2 megapixels, 1024 above",
    range: [64, 1048576],
  },
];
