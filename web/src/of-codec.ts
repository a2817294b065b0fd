/** Whether a decoder refused a file for systems of the learned codec, of which it has none. @internal */
export const isOfCodec = (error: string): boolean => /LayeredVAE|Predict/.test(error);
