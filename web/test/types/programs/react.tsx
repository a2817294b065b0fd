import { useEffect, useRef } from "react";
import { define } from "vaerans/img";
import type { VaeransImg } from "vaerans/img";
import type { VaeransImgProps } from "vaerans/react";

export function Photo({ src, ...rest }: VaeransImgProps) {
  const ref = useRef<VaeransImg>(null);
  useEffect(() => {
    define();
    const listen = (event: CustomEvent<{ width: number }>): void => console.log(event.detail.width);
    ref.current?.addEventListener("load", listen);
    return () => ref.current?.removeEventListener("load", listen);
  }, []);
  return (
    <vaerans-img ref={ref} src={src} alt="" width={120} height="80" loading="lazy" fallback="photo.jpg" className="a" style={{ width: "100%" }} {...rest} />
  );
}
export const two = (
  <vaerans-img key="a" class="b" id="x" src="a.vrn" onload={({ detail }) => console.log(detail.width)} onClick={(event) => event.currentTarget.src} />
);
// @ts-expect-error there is no such way of loading
export const three = <vaerans-img loading="later" />;
