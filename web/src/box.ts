/** A `width` or `height` attribute as HTML reads it for an `<img>`, in CSS; "" for what says nothing, as "-5" does. @internal */
export function lengthOf(text: string | null): string {
  const [, number, percent] = /^\s*(\d+\.?\d*|\.\d+)(%?)/.exec(text ?? "") ?? [];
  return number ? number + (percent || "px") : "";
}

/** CSS pixels of a length; 0 for none and for a share. @internal */
export const cssPixels = (length: string): number => (length.endsWith("x") ? parseFloat(length) : 0);

/** Size and ratio of the element: what its attributes say, then the file, in CSS. @internal */
export function sizeRule(width: string, height: string, naturalWidth: number, naturalHeight: number): string {
  const isWhole = cssPixels(width) * cssPixels(height) > 0;
  const ratio = isWhole ? `${cssPixels(width)}/${cssPixels(height)}` : naturalWidth ? `${naturalWidth}/${naturalHeight}` : "auto";
  const across = width || (naturalWidth && !height ? `${naturalWidth}px` : "auto");
  return `:host{aspect-ratio:${ratio};width:${across};height:${isWhole ? "auto" : height || "auto"}}`;
}

/** Pixels of the screen to one of CSS; 1 for those who pay for what they load. */
const density = (): number => {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  return connection?.saveData || matchMedia("(prefers-reduced-data:reduce)").matches ? 1 : devicePixelRatio;
};

/** Layouts end between pixels of the screen: so much of one more needs none of the picture's. */
const SLACK = 0.5;

/** log2 of the smallest scale that files are decoded at. */
const MOST = 6;

/** Whether the picture is shown at the size of the canvas, whatever the box. @internal */
export const isOwnSize = (host: HTMLElement): boolean => /none|scale/.test(getComputedStyle(host).objectFit);

/**
 * log2 of how much smaller than the file a picture of `width` x `height` may be decoded for the element's box: each pixel of the screen has
 * one of its own. @internal
 */
export function reductionFor(host: HTMLElement, width: number, height: number): number {
  if (isOwnSize(host)) return 0;
  const rect = host.getBoundingClientRect(); // a transform may enlarge it, or not be over yet: then the box itself counts, which is told rounded
  const across = density() * Math.max(rect.width, host.offsetWidth - 0.5) - SLACK;
  const down = density() * Math.max(rect.height, host.offsetHeight - 0.5) - SLACK;
  const isContained = getComputedStyle(host).objectFit === "contain";
  const isEnough = (reduction: number): boolean => {
    const [isWide, isHigh] = [Math.ceil(width / 2 ** reduction) >= across, Math.ceil(height / 2 ** reduction) >= down];
    return isContained ? isWide || isHigh : isWide && isHigh;
  };
  let reduction = 0;
  while (reduction < MOST && isEnough(reduction + 1)) reduction++;
  return reduction;
}
