/**
 * Names of files, and text for people. On POSIX a name is bytes: here it is a string with a character for each byte, so that any name goes
 * through node:path and between processes as it is. On Windows it is the string that Node gives.
 */
import { readFileSync } from "node:fs";

const isWindows = process.platform === "win32";

/** What node:fs takes for a name. */
export const place = (name) => (isWindows ? name : Buffer.from(name, "latin1"));

/** A name out of text, or out of what node:fs gives with `encoding: ENCODING`. */
export const named = (given) => (isWindows ? given : Buffer.from(given).toString("latin1"));
export const ENCODING = isWindows ? "utf8" : "buffer";

const UTF8 =
  /((?:[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+)|([^])/g;

const hex = (value, digits) => value.toString(16).padStart(digits, "0");

/** A name as text; bytes that are no UTF-8 as \xNN. */
export const textOf = (name) =>
  isWindows ? name : name.replace(UTF8, (_, whole, byte) => (whole ? Buffer.from(whole, "latin1").toString() : `\\x${hex(byte.charCodeAt(0), 2)}`));

const SHORT = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Text with an escape for every character that is no plain sign on a screen: none moves a cursor, begins a line or turns the direction of writing. */
export function visible(text) {
  const escaped = (c) => {
    const code = c.codePointAt(0);
    return SHORT[c] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`);
  };
  return text.replace(/(?! )[\p{C}\p{Z}]/gu, escaped);
}

/** A name for people. */
export const shown = (name) => visible(textOf(name));

/** Equal for two names that some file systems take for one. */
export const folded = (name) => textOf(name).normalize("NFC").toUpperCase().toLowerCase();

/** The arguments as names. Node replaces bytes that are no UTF-8; Linux still has them. */
export function argumentNames() {
  const given = process.argv.slice(2);
  if (process.platform !== "linux" || !given.some((one) => one.includes("\ufffd"))) return given.map(named);
  return readFileSync("/proc/self/cmdline", "latin1").split("\0").slice(0, -1).slice(-given.length);
}
