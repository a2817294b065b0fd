/** How numbers are written. */
export const NAMES = { vaerans: "photo", vae: "vae", jpeg: "JPEG", webp: "WebP", png: "PNG" };

const digits = (value, most) => (value < 999.5 ? String(Number(value.toPrecision(most))) : Math.round(value).toLocaleString("en"));

export const bytesText = (n) => (n < 1000 ? `${n} B` : n < 999_500 ? `${digits(n / 1000, 3)} kB` : `${digits(n / 1e6, 3)} MB`);
export const psnrText = (value) => (value === Infinity ? "exact" : value.toFixed(1));
export const msText = (value) => (value < 9.5 ? value.toFixed(1) : value.toFixed(0));
export const bitsText = (value) => (value < 99.5 ? value.toFixed(2) : Math.round(value).toLocaleString("en"));

/** A size as a share of another one: "4.2 % of", "3.1 times". */
export function shareText(part, whole) {
  const share = part / whole;
  if (share < 1e-5) return "less than 0.001 % of";
  if (share < 1.995) return `${share < 0.0995 ? digits(100 * share, 2) : Math.round(100 * share)} % of`;
  return `${share < 9.95 ? digits(share, 2) : Math.round(share).toLocaleString("en")} times`;
}

/** "1080 × 720 pixels, 0.78 MP"; a picture of few pixels has their number. */
export function sizeText(width, height) {
  const pixels = width * height;
  const count = pixels < 99_500 ? "" : `, ${digits(pixels / 1e6, pixels < 9.95e6 ? 2 : 3)} MP`;
  return `${width} × ${height} ${pixels === 1 ? "pixel" : "pixels"}${count}`;
}
