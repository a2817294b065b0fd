import type { DecoderUrls, NetworkUrls } from "./decode.js";

export type { DecoderUrls, FileUrl, NetworkUrls } from "./decode.js";

/** Where all files of the model are. */
export interface ModelUrls extends DecoderUrls {
  /** A picture to the base layer. */
  encoder: NetworkUrls;
  /** What is missing of a picture to the second layer. */
  analysis: NetworkUrls;
}

/** What opens files and what makes them, for `init({ model: urls })` of `vaerans`. */
export declare const urls: ModelUrls;
