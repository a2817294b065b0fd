import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { VaeransImg, VaeransImgAttributes, VaeransImgEventMap } from "./img.js";

type Own = DetailedHTMLProps<Omit<HTMLAttributes<VaeransImg>, "onLoad" | "onError" | "onProgress">, VaeransImg>;

/**
 * `<vaerans-img>` in TSX. React 19 listens to its events under their own names, but not where the HTML came from a server; there, and in
 * React 18, take a ref and `addEventListener`.
 */
export interface VaeransImgProps extends Own, VaeransImgAttributes {
  class?: string | undefined;
  onload?: ((event: VaeransImgEventMap["load"]) => void) | undefined;
  onerror?: ((event: VaeransImgEventMap["error"]) => void) | undefined;
  onprogress?: ((event: VaeransImgEventMap["progress"]) => void) | undefined;
}

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "vaerans-img": VaeransImgProps;
    }
  }
}
