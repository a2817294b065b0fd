/** PGM and PPM (binary) and PAM: https://netpbm.sourceforge.net/doc/pam.html */

const bad = (words) => {
  throw new Error(`PNM: ${words}`);
};

/** { width, height, maxval, channels, start } of P5 and P6: words with comments between them. */
function plainHeader(file) {
  const words = [];
  let at = 2;
  while (words.length < 3) {
    const rest = file.toString("latin1", at, Math.min(file.length, at + 4096));
    const [all, word] = rest.match(/^(?:\s|#[^\n\r]*[\n\r])*(\d+)/) ?? bad("the header is damaged");
    words.push(Number(word));
    at += all.length;
  }
  const [width, height, maxval] = words;
  return { width, height, maxval, channels: file[1] === 0x35 ? 1 : 3, start: at + 1 };
}

function pamHeader(file) {
  const end = file.indexOf("ENDHDR\n");
  if (end < 0) bad("the header has no end");
  const fields = {};
  for (const line of file.toString("latin1", 3, end).split("\n")) {
    const [, name, value] = line.match(/^(\w+)\s+(\S+)/) ?? [];
    if (name) fields[name] = Number(value);
  }
  return { width: fields.WIDTH, height: fields.HEIGHT, maxval: fields.MAXVAL, channels: fields.DEPTH, start: end + 7 };
}

export const isPnm = (file) => file[0] === 0x50 && [0x35, 0x36, 0x37].includes(file[1]) && /\s/.test(String.fromCharCode(file[2]));

/** A file's samples: { data, width, height, channels }. */
export function readPnm(file) {
  const { width, height, maxval, channels, start } = file[1] === 0x37 ? pamHeader(file) : plainHeader(file);
  const count = width * height * channels;
  if (!(count > 0) || ![1, 2, 3, 4].includes(channels)) bad(`a header with ${width} x ${height} pixels of ${channels} channels`);
  if (maxval !== 255 && maxval !== 65535) bad(`a largest value of ${maxval}: only 255 and 65535 are read`);
  const body = file.subarray(start, start + (maxval > 255 ? 2 : 1) * count);
  if (body.length < (maxval > 255 ? 2 : 1) * count) bad("the file ends before its last pixel");
  const data = maxval > 255 ? Uint16Array.from({ length: count }, (_, i) => body.readUInt16BE(2 * i)) : new Uint8Array(body);
  return { data, width, height, channels };
}
