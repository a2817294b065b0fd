import type { Ops } from "./glue.js";
import { decoderOps } from "./ops-decode.js";
import type { NeededCodec, VaeGlue } from "./vae-glue.js";

/** What a file needs, and how many layers of it the instance has; the file goes back with the answer. @internal */
export interface Needs {
  codec: NeededCodec;
  has: number;
  bytes: Uint8Array;
}

/** Jobs of an instance that decodes files of a learned codec. @internal */
export function vaeOps(): Ops {
  /** Layers of codecs that it was given, by the codec's name. */
  const given = new Map<string, number>();
  return {
    ...decoderOps,
    needed(glue, bytes: Uint8Array, ...limits): Needs {
      const codec = (glue as VaeGlue).needed(bytes, ...limits);
      return { codec, has: given.get(codec.name ?? "") ?? 0, bytes };
    },
    give(glue, name: string, layers: number, ...files) {
      (glue as VaeGlue).give(...files);
      given.set(name, layers);
    },
  };
}

/** Jobs of one that encodes too: with the codec that it was given. @internal */
export function vaeEncoderOps(): Ops {
  let codec: InstanceType<VaeGlue["Codec"]> | undefined;
  return {
    has: () => !!codec,
    take(glue, ...files) {
      codec = new (glue as VaeGlue).Codec(...files);
    },
    encode: (_, ...args) => codec!.encode(...args),
  };
}
