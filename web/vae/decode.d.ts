/** The platform's URL; TypeScript may know it from lib "dom" or from the types of Node. */
export type FileUrl = typeof globalThis extends { URL: { prototype: infer Instance } } ? Instance : never;

/** Where plan and weights of a network are. */
export interface NetworkUrls {
  plan: FileUrl;
  weights: FileUrl;
}

/** Where the files are that open what the model coded. */
export interface DecoderUrls {
  head: FileUrl;
  predictor: FileUrl;
  /** The base layer to a picture. */
  decoder: NetworkUrls;
  /** The second layer to what is added to that; files of small sizes do without. */
  enhancement: NetworkUrls;
}

/** What opens files, for `init({ model: urls })` of `vaerans`. */
export declare const urls: DecoderUrls;
