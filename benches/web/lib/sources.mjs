/** The photos that are measured; page/pictures.js reads them. */
const kodak = (n) => `photos/kodak/kodim${String(n).padStart(2, "0")}.png`;

/** 768x512: much detail, a portrait, smooth. */
export const PHOTOS = [5, 15, 23].map(kodak);

const mosaic = (count, columns) => ({ urls: Array.from({ length: count }, (_, i) => kodak(i + 1)), columns });

/** 9.4 MP, 3072x3072: the 24 photos of the Kodak set, four to a row. */
export const LARGE = mosaic(24, 4);
/** 4.7 MP, 3072x1536. */
export const MEDIUM = mosaic(12, 4);
/** 1.6 MP, for a quick look. */
export const SMALL = mosaic(4, 2);
