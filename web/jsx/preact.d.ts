import type { JSX, Ref } from "preact";
import type { VaeransImg, VaeransImgAttributes, VaeransImgEventMap } from "./img.js";

type Own = Omit<JSX.IntrinsicElements["div"], keyof VaeransImgAttributes | "ref" | "onLoad" | "onError" | "onProgress">;

/** `<vaerans-img>` in TSX. */
export interface VaeransImgProps extends Own, VaeransImgAttributes {
  ref?: Ref<VaeransImg> | undefined;
  onLoad?: ((event: VaeransImgEventMap["load"]) => void) | undefined;
  onError?: ((event: VaeransImgEventMap["error"]) => void) | undefined;
  onProgress?: ((event: VaeransImgEventMap["progress"]) => void) | undefined;
}

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "vaerans-img": VaeransImgProps;
    }
  }
}
