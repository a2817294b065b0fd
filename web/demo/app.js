/** The page: what was chosen goes through the codec, then through the browser's own ones, and is shown. */
import { decode, encode, engineInfo } from "./vaerans/index.js";
import { readPhoto } from "./photo.js";
import { NAMES, bytesText, showResults } from "./results.js";
import { setZoom, showOriginal, showOther } from "./viewer.js";

const $ = (id) => document.getElementById(id);
const chosen = (name) => document.querySelector(`input[name=${name}]:checked`).value;

const state = { photo: undefined, name: "sample", shots: {}, serial: 0, file: undefined };

const worker = new Worker(new URL("./measure.js", import.meta.url), { type: "module" });
const waiting = new Map();
let last = 0;
worker.onmessage = ({ data: [id, value, error] }) => {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (error === undefined) resolve(value);
  else reject(new Error(error));
};
const ask = (op, argument) =>
  new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    worker.postMessage([last, op, argument]);
  });

const busy = (words = "") => ($("busy").textContent = words);

let hiding;
function complain(error) {
  $("message").textContent = error.message;
  $("message").hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => ($("message").hidden = true), 8000);
  busy();
}

const settings = () => ({ quality: Number($("quality").value), lossless: $("lossless").checked });
const peers = ({ lossless }) => (lossless ? ["png", "webp"] : ["jpeg", "webp"]);

/** Whether the question was overtaken by another photo or other settings. */
const isStale = (serial) => serial !== state.serial;

async function code(serial, setting) {
  const { photo } = state;
  const { data, width, height } = photo;
  const started = performance.now();
  const bytes = await encode({ data, width, height }, setting);
  const encoded = performance.now();
  const picture = await decode(bytes);
  const decoded = performance.now();
  if (photo !== state.photo) return undefined;
  const pixels = picture.toImageData().data;
  const psnr = await ask("psnr", { pixels });
  if (photo !== state.photo) return undefined;
  state.file = bytes;
  return { bytes: bytes.length, psnr, encodeMs: encoded - started, decodeMs: decoded - encoded, pixels };
}

async function compare(serial, setting) {
  for (const name of peers(setting)) {
    const shot = await ask("peer", { type: `image/${name}`, target: state.shots.vaerans.psnr, serial }).catch((error) => ({ error: error.message }));
    if (isStale(serial) || shot.isStale) return;
    state.shots[name] = shot;
    await show(setting);
  }
}

/** The right side of the stage and the numbers. */
async function show(setting = settings()) {
  const { shots, photo } = state;
  const codec = chosen("codec");
  const shot = shots[codec];
  showResults(shots, { ...photo, ...setting });
  $("name").textContent = shot?.pixels ? `${NAMES[codec]} · ${bytesText(shot.bytes)}` : NAMES[codec];
  $("download").disabled = !state.file;
  const isResidual = chosen("view") === "residual";
  $("gain").hidden = !isResidual;
  if (!shot?.pixels) return;
  if (!isResidual) return showOther(shot.pixels);
  const gain = 2 ** Number($("gain").querySelector("input").value);
  $("gain").querySelector("output").textContent = `×${gain}`;
  const { pixels } = await ask("residual", { pixels: shot.pixels, gain });
  if (chosen("view") === "residual" && state.photo === photo) showOther(pixels);
}

/** JPEG cannot keep every sample: PNG takes its place then. */
function offerPeers(setting) {
  const input = document.querySelector("#codec input[value=jpeg], #codec input[value=png]");
  input.value = peers(setting)[0];
  input.nextElementSibling.textContent = NAMES[input.value];
}

let running = false;
/** One after another; the newest settings win. */
async function update() {
  state.serial++;
  if (running) return;
  running = true;
  try {
    for (let serial; serial !== state.serial;) {
      serial = state.serial;
      const setting = settings();
      const shot = await code(serial, setting);
      if (!shot) continue;
      offerPeers(setting);
      state.shots = { vaerans: shot, ...Object.fromEntries(peers(setting).map((name) => [name, undefined])) };
      await show(setting);
      busy();
    }
  } catch (error) {
    complain(error);
  } finally {
    running = false;
  }
  const { serial } = state;
  setTimeout(() => isStale(serial) || running || compare(serial, settings()).then(settled, complain), 150);
}

/** Everything that the page needs has been loaded and used once. */
function settled() {
  const { variant, reason } = engineInfo();
  $("engine").textContent =
    `Decoder: ${variant === "simd" ? "WebAssembly with SIMD" : "WebAssembly"}, ${reason}. Times (encode / decode) are of one run on this machine. PSNR over red, green and blue.`;
  if (!Object.values(state.shots).includes(undefined)) document.documentElement.dataset.state = "settled";
}

async function take(photo, name) {
  document.documentElement.dataset.state = "working";
  Object.assign(state, { photo, name, shots: {}, file: undefined });
  const { width, height, isScaled } = photo;
  $("facts").textContent = `${width} × ${height} pixels, ${((width * height) / 1e6).toFixed(1)} MP${isScaled ? ", made smaller for this page" : ""}`;
  showOriginal(photo);
  busy("Encoding…");
  await update();
}

async function open(file) {
  if (!file) return;
  try {
    busy("Reading…");
    const photo = await readPhoto(file);
    await ask("original", photo);
    await take(photo, (file.name || "pasted").replace(/\.[^.]*$/, ""));
  } catch (error) {
    complain(error);
  }
}

/** So that the first times are not those of loading. */
async function warmUp() {
  const grey = new Uint8ClampedArray(4 * 64 * 64).fill(128);
  await decode(await encode({ data: grey, width: 64, height: 64 }));
}

const openSample = async () => take(await ask("sample"), "sample");

function download() {
  const url = URL.createObjectURL(new Blob([state.file], { type: "image/x-vaerans" }));
  Object.assign(document.createElement("a"), { href: url, download: `${state.name}.vrn` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

$("file").addEventListener("change", ({ target }) => open(target.files[0]).finally(() => (target.value = "")));
$("sample").addEventListener("click", () => openSample().catch(complain));
$("download").addEventListener("click", download);
for (const id of ["quality", "lossless"]) {
  $(id).addEventListener("input", () => {
    $("quality-value").textContent = $("lossless").checked ? "–" : $("quality").value;
    $("quality").disabled = $("lossless").checked;
    document.documentElement.dataset.state = "working";
    if (state.photo) void update();
  });
}
$("codec").addEventListener("change", () => show());
$("view").addEventListener("change", () => show());
$("gain").addEventListener("input", () => show());
$("zoom").addEventListener("change", () => setZoom(Number(chosen("zoom"))));

const root = document.documentElement;
addEventListener("dragover", (event) => (event.preventDefault(), root.classList.add("dragging")));
addEventListener("dragleave", (event) => event.relatedTarget ?? root.classList.remove("dragging"));
addEventListener("drop", (event) => {
  event.preventDefault();
  root.classList.remove("dragging");
  void open(event.dataTransfer.files[0]);
});
addEventListener("paste", (event) => open(event.clipboardData.files[0]));

busy("Drawing a sample…");
Promise.all([ask("sample"), warmUp()])
  .then(([photo]) => take(photo, "sample"))
  .catch(complain);

// Over plain HTTP from another machine there is no service worker: the page works, but not offline.
navigator.serviceWorker?.register("sw.js").then(
  async () => {
    await navigator.serviceWorker.ready;
    $("offline").hidden = false;
  },
  () => {},
);
