import { urls as decoding } from "./decode.js";

/** All of the model: what opens files, and what makes them. */
export const urls = {
  ...decoding,
  encoder: {
    plan: new URL("./files/encoder/plan.bin", import.meta.url),
    weights: new URL("./files/encoder/weights.bin", import.meta.url),
  },
  analysis: {
    plan: new URL("./files/analysis/plan.bin", import.meta.url),
    weights: new URL("./files/analysis/weights.bin", import.meta.url),
  },
};
