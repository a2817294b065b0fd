import type { JSX } from "solid-js";
import type { VaeransImg, VaeransImgAttributes, VaeransImgEventMap } from "./img.js";

type Own = Omit<JSX.HTMLAttributes<VaeransImg>, keyof VaeransImgAttributes | "onLoad" | "onError" | "onProgress">;

/** `<vaerans-img>` in TSX. */
export interface VaeransImgProps extends Own, VaeransImgAttributes {
  onLoad?: ((event: VaeransImgEventMap["load"]) => void) | undefined;
  onError?: ((event: VaeransImgEventMap["error"]) => void) | undefined;
  onProgress?: ((event: VaeransImgEventMap["progress"]) => void) | undefined;
}

declare module "solid-js" {
  namespace JSX {
    interface IntrinsicElements {
      "vaerans-img": VaeransImgProps;
    }
  }
}
