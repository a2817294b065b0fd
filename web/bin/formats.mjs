/** Suffixes of the pictures that are read, and of others that people have. */
export const PICTURES = [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff"];
export const OTHERS = ".avif .bmp .dng .gif .heic .heif .ico .j2k .jp2 .jxl .pam .pbm .pdf .pgm .pnm .ppm .psd .svg .tga".split(" ");
