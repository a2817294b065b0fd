/** The table of sizes, and how numbers are written. */
const $ = (id) => document.getElementById(id);

export const NAMES = { vaerans: "vaerans", jpeg: "JPEG", webp: "WebP", png: "PNG" };

export const bytesText = (n) => (n < 1000 ? `${n} B` : n < 999_500 ? `${(n / 1000).toPrecision(3)} kB` : `${(n / 1e6).toPrecision(3)} MB`);
const psnrText = (value) => (value === Infinity ? "exact" : value.toFixed(1));
const msText = (value) => (value < 9.5 ? value.toFixed(1) : value.toFixed(0));

function cell(tag, text, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...more });
}

function row(name, shot, { pixels, largest }) {
  const line = cell("tr", "", { className: name });
  const head = cell("th", NAMES[name], { scope: "row" });
  if (shot?.quality !== undefined && name !== "png") head.append(cell("small", `q${shot.quality}`));
  line.append(head);
  if (!shot || shot.error) {
    line.append(cell("td", shot?.error ?? "…", { className: "none", colSpan: 4 }));
    return line;
  }
  const fill = document.createElement("i");
  fill.style.width = `${(100 * shot.bytes) / largest}%`;
  const meter = cell("span", "", { className: "meter" });
  meter.append(fill);
  head.append(meter);
  const texts = [bytesText(shot.bytes), ((8 * shot.bytes) / pixels).toFixed(2), psnrText(shot.psnr), `${msText(shot.encodeMs)} / ${msText(shot.decodeMs)}`];
  line.append(...texts.map((text) => cell("td", text)));
  return line;
}

/** shots: what each codec gave, by name; undefined while it is at work. */
export function showResults(shots, { width, height, lossless }) {
  const pixels = width * height;
  const largest = Math.max(...Object.values(shots).map((shot) => shot?.bytes ?? 0));
  $("rows").replaceChildren(...Object.entries(shots).map(([name, shot]) => row(name, shot, { pixels, largest })));
  $("caption").textContent = lossless ? "Lossless, and WebP at its best" : "At the same PSNR";
  const { bytes } = shots.vaerans ?? {};
  if (!bytes) return;
  $("size").textContent = bytesText(bytes);
  $("ratio").textContent = `${((100 * bytes) / (3 * pixels)).toPrecision(2)} % of ${bytesText(3 * pixels)} raw`;
}
