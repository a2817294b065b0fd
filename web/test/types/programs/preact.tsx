import type { VaeransImgProps } from "vaerans/preact";
export const Photo = (props: VaeransImgProps) => (
  <vaerans-img alt="" width={120} height="80" class="a" style={{ width: "100%" }} onLoad={({ detail }) => console.log(detail.width)} {...props} />
);
// @ts-expect-error there is no such way of loading
export const three = <vaerans-img loading="later" />;
