// Generated from the core's tables (tools/gen).
/** Options of the `photo` profile. */
export const OPTIONS = [
  { name: "quality", type: "int", text: "0 smallest to 100 best; default 75", range: [0, 100] },
  { name: "lossless", type: "bool", text: "every sample comes back; quality is then without effect; default false" },
  { name: "maxError", type: "int", text: "largest error of a sample, kept by a residual; 0 is lossless", range: [0, 65535] },
  { name: "tile", type: "int", text: "edge of the independent tiles in pixels; default 768", range: [64, 1048576] },
];
