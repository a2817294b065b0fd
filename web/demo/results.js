/** The table of sizes. */
import { peersOf } from "./coding.js";
import { NAMES, bitsText, bytesText, msText, psnrText, shareText } from "./text.js";

const $ = (id) => document.getElementById(id);
const RAW = "raw pixels";

function cell(tag, text, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...more });
}

function line(className, name, small, texts) {
  const row = cell("tr", "", { className });
  const head = cell("th", name, { scope: "row" });
  if (small) head.append(cell("small", small));
  row.append(head, ...texts.map((text) => cell("td", text)));
  return row;
}

function note(row, text) {
  row.append(cell("td", text, { className: "none", colSpan: 4 }));
  return row;
}

function meter(row, share) {
  const bar = cell("span", "", { className: "meter" });
  const fill = document.createElement("i");
  fill.style.width = `${100 * share}%`;
  bar.append(fill);
  row.firstChild.append(bar);
  return row;
}

function ownRow({ format, bytes, sourcePixels }) {
  return line("own", "Your file", format, [bytesText(bytes), bitsText((8 * bytes) / sourcePixels), "", ""]);
}

function codecRow(name, shot, { photo, setting }, largest) {
  if (!shot) return note(line(name, NAMES[name], "", []), "…");
  if (shot.error) return note(line(name, NAMES[name], "", []), shot.error);
  const quality = name === "png" || name === "vae" || (name === "vaerans" && setting.lossless) ? "" : `q${shot.quality}`;
  const bits = (8 * shot.bytes) / (photo.width * photo.height);
  const star = shot.isReached === false ? "*" : "";
  const row = line(name, NAMES[name], quality, [
    bytesText(shot.bytes) + star,
    bitsText(bits),
    psnrText(shot.psnr),
    `${msText(shot.encodeMs)} / ${msText(shot.decodeMs)}`,
  ]);
  return meter(row, shot.bytes / largest);
}

/** What the rows have in common; a star marks those that have not. */
function captionOf({ shots, setting }) {
  const missed = Object.values(shots).some((shot) => shot?.isReached === false);
  if (setting.lossless) return missed ? "Lossless (*: the browser writes no exact one)" : "Lossless";
  return `The others at the best quality that takes no more bytes${missed ? " (*: at their smallest, which takes more)" : ""}`;
}

/** result: of coding.js; undefined while there is none. */
export function showResults(result) {
  if (!result) {
    $("size").textContent = "–";
    for (const id of ["ratio", "caption"]) $(id).textContent = "";
    return $("rows").replaceChildren();
  }
  const { photo, shots, setting } = result;
  const names = ["vaerans", ...peersOf(setting)];
  const largest = Math.max(...names.map((name) => shots[name]?.bytes ?? 0));
  const own = photo.bytes ? [ownRow(photo)] : [];
  $("rows").replaceChildren(...names.map((name) => codecRow(name, shots[name], result, largest)), ...own);
  $("caption").textContent = captionOf(result);
  const { bytes } = shots.vaerans;
  $("size").textContent = bytesText(bytes);
  const [whole, what] = photo.bytes ? [photo.bytes, photo.name || "your file"] : [3 * photo.width * photo.height, RAW];
  const at = setting.lossless ? "lossless" : `at quality ${setting.quality}`;
  $("ratio").textContent = `${at}; ${shareText(bytes, whole)} ${what} (${bytesText(whole)})`;
}
