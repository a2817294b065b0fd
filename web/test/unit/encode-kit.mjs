// Pictures and a folder for the tests of the command vaerans-encode.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";

export const command = fileURLToPath(new URL("../../bin/vaerans-encode.mjs", import.meta.url));
export const dist = new URL("../../dist/", import.meta.url);
export const skip = existsSync(new URL("reader.js", dist)) ? false : "web/dist is not built: make wasm, npm run build";

const word = (n) => Buffer.from(Uint32Array.of(n).buffer).swap32();

function crc32(bytes) {
  let c = -1;
  for (const byte of bytes) for (let k = ((c ^= byte), 0); k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return ~c >>> 0;
}

export const chunk = (name, body) => {
  const both = Buffer.concat([Buffer.from(name), Buffer.from(body)]);
  return Buffer.concat([word(body.length), both, word(crc32(both))]);
};

/** A PNG of 8-bit RGB; `pixel(x, y)` gives a pixel's samples. */
export function png(width, height, pixel = (x, y) => [x * 9, y * 9, 50], extra = []) {
  const row = (y) => [0, ...Array.from({ length: width }, (_, x) => pixel(x, y)).flat()];
  const rows = Buffer.from(Array.from({ length: height }, (_, y) => row(y)).flat());
  const head = Buffer.concat([word(width), word(height), Buffer.of(8, 2, 0, 0, 0)]);
  const parts = [chunk("IHDR", head), ...extra, chunk("IDAT", deflateSync(rows)), chunk("IEND", [])];
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]);
}

/** Small files of other writers: RGB in a JPEG file without any marker that says so; a JPEG file with 4:2:0, EXIF and orientation 8; a
 * lossy WebP; a TIFF; PNG files of 16 bits, of grey with alpha, of a palette with alpha, and of two frames whose first has a clear pixel. */
const FILES = {
  "rgb.jpg":
    "/9j/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAARCAAIAAgDUhEARxEAQhEA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oADANSAEcAQgAAPwD9U6/Kqvyqr//Z",
  "turned.jpg":
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4QA2RXhpZgAATU0AKgAAAAgAAgESAAMAAAABAAgAAAExAAIAAAAHAAAAJgAAAABjYW1lcmEAAP/bAEMABgQFBgUEBgYFBgcHBggKEAoKCQkKFA4PDBAXFBgYFxQWFhodJR8aGyMcFhYgLCAjJicpKikZHy0wLSgwJSgpKP/bAEMBBwcHCggKEwoKEygaFhooKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKP/AABEIAA4AFAMBIgACEQEDEQH/xAAfAAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgv/xAC1EAACAQMDAgQDBQUEBAAAAX0BAgMABBEFEiExQQYTUWEHInEUMoGRoQgjQrHBFVLR8CQzYnKCCQoWFxgZGiUmJygpKjQ1Njc4OTpDREVGR0hJSlNUVVZXWFlaY2RlZmdoaWpzdHV2d3h5eoOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4eLj5OXm5+jp6vHy8/T19vf4+fr/xAAfAQADAQEBAQEBAQEBAAAAAAAAAQIDBAUGBwgJCgv/xAC1EQACAQIEBAMEBwUEBAABAncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqCg4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2dri4+Tl5ufo6ery8/T19vf4+fr/2gAMAwEAAhEDEQA/AOPivRbaG1tbRaZqEkEnCXDiRVJ6E8gFu3J61PdeMoND1iKKHR9JYNGBcGKHyHVif4SOvTPINcTZSS6bqV1HMwltpmKvgHdsOeAM4zz+lV5XKX06fejQDaSTuOemecV5scJq3N387s74YjlXK1ddjv7zQ11m5e+0+w+1xynLSsqplvTAwOBgZorh5ZbeNsTxO7EZDKxXj6UV1qNhfWX0S+5H/9k=",
  "photo.webp":
    "UklGRr4AAABXRUJQVlA4ILIAAADQBACdASoUAA4APrVInkmnJCKhMAgA4BaJaACdMoR3Ff/i2O2AmS/9CqhIUw1BNAD+rX9NBnC12epwaqsTfvoMEeGP+DfC4naCMvVWf+52NnsNgjrKmB1riDqJyMTy68rUmtOQDaNmTy5D+fLPiCr6+oIC5uUFe/CTvhl9ivY+tblpHdnmjNQsClUu79/lfAQXpOSYhKPDcnyzMDsRCtxCBA4t410+0/tivTNYfxx2AAAA",
  "page.tif":
    "SUkqAAgAAAAKAAABBAABAAAABgAAAAEBBAABAAAABQAAAAIBAwADAAAAhgAAAAMBAwABAAAAAQAAAAYBAwABAAAAAgAAABEBBAABAAAAjAAAABUBAwABAAAAAwAAABYBBAABAAAABQAAABcBBAABAAAAWgAAABwBAwABAAAAAQAAAAAAAAAIAAgACABfWUeedzymcyqkhkCtmnJ9SUh1YBqCXB58VEN/RzWQVDSRbF9TUSRmXidsVEBPJSNSHx9yWVQsHRdbQx9SPio2LipBMi1LNTI1Kyg0KyVORz8sIh0+NC1AODY=",
  "deep.png":
    "iVBORw0KGgoAAAANSUhEUgAAAAkAAAAHEAAAAACvYOT/AAAAOElEQVR4nGNkYOBfILCAf4EAnGRCF+BfwCjvgCogsIBR7wGqAP8CJnQBgQWMfgqoAlDjkQX4FwAAx1MqX8Q5ElwAAAAASUVORK5CYII=",
  "alpha.png": "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAFCAQAAADMUVVtAAAAE0lEQVR4nGNkiOJghkEWAyGSOQBa+QKHcXu7jwAAAABJRU5ErkJggg==",
  "palette.png":
    "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAFAgMAAAAbNnV1AAAADFBMVEUBAgMoMjwHCAnIZABCRZ8OAAAABHRSTlP/AID/excXrQAAABFJREFUeJxjlP7KuPE/I4wEAC/fBpZiD8UUAAAAAElFTkSuQmCC",
  "moves.png":
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAYAAAD+Bd/7AAAACGFjVEwAAAACAAAAAPONk3AAAAAaZmNUTAAAAAAAAAAIAAAABgAAAAAAAAAAAAAAAQAALghkRgAAAMNJREFUeJwFwcFKAkEAgOF/ZtbdRlZFzHQT66CCeQk61UN07w16C1/BR/EdvOlJEPQiyBq1rFqKy2DmLtP3CSEVg/6bLcVTdFFgXE2h/UzypZkMR4j318A+dRS7ZUa+/oh7OUO6oXnfI1xJHBo+88xjZxVN43OYRaxXHzy8VPC6XZzF2FDxDa27Kz43IXFq2N/eUFvHWDeP8/OdkRhNUFVEyR97odAFj1BIctst8jpo8HtOWURF/HKV4+GITU9k0uEE/AM93kZsjrMPjQAAABpmY1RMAAAAAQAAAAgAAAAGAAAAAAAAAAAAAAABAAC1e46SAAAAwWZkQVQAAAACeJwFwUFPglAAwPH/g5eJTWYY4LMC8dbcPNhWt9ycn9Lv4Wfw5jx469RKLdAZwnSPSfb7ibfX54tAcNYpcZLT6/dIf/d8r3/wWx6GBZh/Z4S0sBs2+T7hSR2oXku2mxWGcl3C7ITOjjQvJapeoWaVdPwCp2ki290AXRxxZwuCKKLhhXweCoJBDU9rpNqlhC8+Xf8RpENxlVPPYu5Mk/mqxFi+f5DcRLjjEdWHHHX7Rfve4WQPmUxj8Q9RsD7/ossG6gAAAABJRU5ErkJggg==",
};
export const pictures = Object.fromEntries(Object.entries(FILES).map(([name, text]) => [name, Buffer.from(text, "base64")]));

/** A JPEG file whose header states other sides. */
export function resized(jpeg, width, height) {
  const file = Buffer.from(jpeg);
  const at = file.indexOf(Buffer.of(0xff, 0xc0));
  file.writeUInt16BE(height, at + 5);
  file.writeUInt16BE(width, at + 7);
  return file;
}

/** A folder that is gone after the tests: { home, put, files, run }. */
export function workshop() {
  const home = mkdtempSync(join(tmpdir(), "vaerans-encode-"));
  after(() => rmSync(home, { recursive: true }));
  const put = (name, bytes) => {
    const path = join(home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  };
  const files = (folder) => (existsSync(join(home, folder)) ? readdirSync(join(home, folder), { recursive: true }).sort() : undefined);
  const ran = (file, args) =>
    new Promise((resolve) => {
      const child = execFile(file, args, { cwd: home, timeout: 60_000 }, (error, stdout, stderr) => {
        resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr });
      });
      child.stdin.end();
    });
  const run = (...args) => ran(process.execPath, [command, ...args]);
  /** The same in a shell, where $ENCODE is the command. */
  const shell = (line) => ran("bash", ["-c", `ENCODE() { "${process.execPath}" "${command}" "$@"; }; ${line}`]);
  return { home, put, files, run, shell, ran };
}
