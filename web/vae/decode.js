/** What opens files. Each file is named by a literal, so that a bundler emits it. */
export const urls = {
  head: new URL("./files/head.bin", import.meta.url),
  predictor: new URL("./files/predictor.bin", import.meta.url),
  decoder: {
    plan: new URL("./files/decoder/plan.bin", import.meta.url),
    weights: new URL("./files/decoder/weights.bin", import.meta.url),
  },
  enhancement: {
    plan: new URL("./files/enhancement/plan.bin", import.meta.url),
    weights: new URL("./files/enhancement/weights.bin", import.meta.url),
  },
};
