import type { Ops } from "./glue.js";
import { decoderOps } from "./ops-decode.js";
import type { NeededCodec, VaeGlue } from "./vae-glue.js";

/** Jobs of an instance that decodes files of a learned codec. @internal */
export const vaeOps: Ops = {
  ...decoderOps,

  /** What a file needs; the file goes back with the answer. */
  needed: (glue, bytes: Uint8Array, ...limits): { told: NeededCodec; bytes: Uint8Array } => ({ told: (glue as VaeGlue).needed(bytes, ...limits), bytes }),

  give: (glue, ...files) => (glue as VaeGlue).give(...files),
};

/** Jobs of one that encodes too: with the codec that it was given. @internal */
export function vaeEncoderOps(): Ops {
  let codec: InstanceType<VaeGlue["Codec"]> | undefined;
  return {
    take(glue, ...files) {
      codec = new (glue as VaeGlue).Codec(...files);
    },
    encode: (_, ...args) => codec!.encode(...args),
  };
}
