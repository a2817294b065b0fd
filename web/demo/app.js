/** The page: what was chosen goes through the codec, then through the browser's own ones, and is shown. */
import { decode, encode, engineInfo } from "./vaerans/index.js";
import { coder, peersOf } from "./coding.js";
import { explain, whyNoFile } from "./people.js";
import { readPhoto } from "./photo.js";
import { showResults } from "./results.js";
import { connect } from "./rpc.js";
import { stageOf } from "./stage.js";
import { NAMES, bytesText, sizeText } from "./text.js";
import { setZoom, showOriginal } from "./viewer.js";

const $ = (id) => document.getElementById(id);
const chosen = (name) => document.querySelector(`input[name=${name}]:checked`).value;
const root = document.documentElement;

const ask = connect(new Worker(new URL("./measure.js", import.meta.url), { type: "module" }));
const coding = coder(ask, show);
const paint = stageOf(ask);

/** What is being read, in words; "" if nothing is. */
let reading = "";
let photos = 0;

const settings = () => ({ quality: Number($("quality").value), lossless: $("lossless").checked });

let hiding;
function say(words, detail = "") {
  $("message").replaceChildren(words, ...(detail ? [Object.assign(document.createElement("small"), { textContent: detail })] : []));
  $("message").hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => ($("message").hidden = true), 12_000);
}

function complain(error) {
  const { words, detail } = explain(error);
  say(words, detail);
  show();
}

function busyWords() {
  if (reading) return reading;
  if (!coding.isBusy) return "";
  const { lossless, quality } = coding.wanted.setting;
  return lossless ? "Encoding without loss…" : `Encoding at quality ${quality}…`;
}

function showDownload({ file } = {}) {
  $("download").disabled = !file;
  $("download").textContent = file ? `Download .vrn (${bytesText(file.length)})` : "Download .vrn";
}

/** JPEG cannot keep every sample: the choice offers the codecs of the result that is shown. */
function offerPeers({ setting }) {
  const input = document.querySelector("#codec input[value=jpeg], #codec input[value=png]");
  input.value = peersOf(setting).at(-2);
  input.nextElementSibling.textContent = NAMES[input.value];
  const learned = document.querySelector("#codec input[value=vae]");
  learned.disabled = !peersOf(setting).includes("vae");
  if (learned.disabled && learned.checked) document.querySelector("#codec input[value=vaerans]").checked = true;
}

/** Everything that says something, from the one result that there is. */
function show() {
  const { result } = coding;
  if (result) offerPeers(result);
  showResults(result);
  showDownload(result);
  const isResidual = chosen("view") === "residual";
  $("gain").hidden = !isResidual;
  const gain = 2 ** Number($("gain").querySelector("input").value);
  $("gain").querySelector("output").textContent = `×${gain}`;
  void paint(result, chosen("codec"), isResidual ? gain : 0);
  $("busy").textContent = busyWords();
  showEngine();
  const isSettled = result && !reading && !coding.isBusy && peersOf(result.setting).every((name) => result.shots[name]);
  root.dataset.state = isSettled ? "settled" : "working";
}

function showEngine() {
  const { result } = coding;
  if (!result) return;
  const { variant, reason } = engineInfo();
  const planes = result.photo.hasAlpha ? "the colours as far as alpha shows them, and alpha" : "red, green and blue";
  $("engine").textContent =
    `Decoder: ${variant === "base" ? "WebAssembly" : "WebAssembly with SIMD"}, ${reason}. Times (encode / decode) are of one run on this machine, that of vae to encode with the search for its quality. PSNR over ${planes}.`;
}

/** A photo that was read takes the place of the one that is there. */
async function take(photo) {
  photo.id = ++photos;
  await ask("original", photo);
  $("facts").textContent = [sizeText(photo.width, photo.height), photo.name, ...photo.notes].filter(Boolean).join("; ");
  showOriginal(photo);
  await coding.start(photo, settings());
}

let newest = 0;
/** Reads by `read`, unless another photo is asked for meanwhile. What is shown stays until the new one is there. */
async function open(words, read) {
  const mine = ++newest;
  try {
    reading = words;
    show();
    const photo = await read();
    if (mine !== newest) return;
    reading = "";
    await take(photo);
  } catch (error) {
    if (mine === newest) reading = "";
    complain(error);
  }
}

async function sample() {
  return { ...(await ask("sample")), notes: ["drawn by this page"], hasAlpha: false, name: "" };
}

/** So that the first times are not those of loading. */
async function warmUp() {
  const grey = new Uint8ClampedArray(4 * 64 * 64).fill(128);
  await decode(await encode({ data: grey, width: 64, height: 64 }));
}

function openFiles(transfer) {
  const [file, ...more] = transfer?.files ?? [];
  if (!file) return say(whyNoFile(transfer));
  if (more.length) say(`This page takes one picture at a time: ${file.name} of the ${more.length + 1} files.`);
  return open(`Reading ${file.name}…`, () => readPhoto(file));
}

function download() {
  const { file, photo } = coding.result;
  const url = URL.createObjectURL(new Blob([file], { type: "image/x-vaerans" }));
  const name = (photo.name || "sample").replace(/\.[^.]*$/, "") || "picture";
  Object.assign(document.createElement("a"), { href: url, download: `${name}.vrn` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function changeSettings() {
  $("quality-value").textContent = $("lossless").checked ? "–" : $("quality").value;
  $("quality").disabled = $("lossless").checked;
  coding.set(settings()).catch(complain);
}

$("file").addEventListener("change", ({ target }) => target.files.length && openFiles(target)?.finally?.(() => (target.value = "")));
$("sample").addEventListener("click", () => open("Drawing a sample…", sample));
$("download").addEventListener("click", download);
for (const id of ["quality", "lossless"]) $(id).addEventListener("input", changeSettings);
for (const id of ["codec", "view"]) $(id).addEventListener("change", show);
$("gain").addEventListener("input", show);
$("zoom").addEventListener("change", () => setZoom(Number(chosen("zoom"))));

addEventListener("dragover", (event) => (event.preventDefault(), root.classList.add("dragging")));
addEventListener("dragleave", (event) => event.relatedTarget ?? root.classList.remove("dragging"));
addEventListener("drop", (event) => {
  event.preventDefault();
  root.classList.remove("dragging");
  void openFiles(event.dataTransfer);
});
addEventListener("paste", (event) => void openFiles(event.clipboardData));

void open("Drawing a sample…", async () => (await Promise.all([sample(), warmUp()]))[0]);

// Over plain HTTP from another machine there is no service worker: the page works, but not offline.
navigator.serviceWorker?.register("sw.js").then(
  async () => {
    await navigator.serviceWorker.ready;
    $("offline").hidden = false;
  },
  () => {},
);
