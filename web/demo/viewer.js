/** The stage: two canvases over each other, a boundary between them, zoom and pan. */
const $ = (id) => document.getElementById(id);
const [stage, scroller, sheet, before, after, divider] = ["stage", "scroller", "sheet", "before", "after", "divider"].map($);

let size = { width: 1, height: 1 };
let zoom = 0;
let split = 0.5;

/** The part of the picture that is seen, in pixels of the scroller. */
function seen() {
  const left = sheet.offsetLeft - scroller.scrollLeft;
  const start = Math.max(0, left);
  const end = Math.min(scroller.clientWidth, left + sheet.offsetWidth);
  return { left, start, width: Math.max(1, end - start) };
}

function place() {
  const { left, start, width } = seen();
  const x = start + split * width;
  divider.style.left = `${x}px`;
  after.style.clipPath = `inset(0 0 0 ${x - left}px)`;
  const percent = Math.round(split * 100);
  divider.setAttribute("aria-valuenow", percent);
  divider.setAttribute("aria-valuetext", `${percent} % original`);
}

function layout() {
  const { width, height } = size;
  const fit = Math.min(stage.clientWidth / width, stage.clientHeight / height);
  const scale = zoom ? zoom / devicePixelRatio : fit;
  const middle = [(scroller.scrollLeft + scroller.clientWidth / 2) / sheet.offsetWidth, (scroller.scrollTop + scroller.clientHeight / 2) / sheet.offsetHeight];
  sheet.style.width = `${width * scale}px`;
  sheet.style.height = `${height * scale}px`;
  scroller.scrollLeft = middle[0] * sheet.offsetWidth - scroller.clientWidth / 2;
  scroller.scrollTop = middle[1] * sheet.offsetHeight - scroller.clientHeight / 2;
  const isLarger = sheet.offsetWidth > scroller.clientWidth + 1 || sheet.offsetHeight > scroller.clientHeight + 1;
  stage.classList.toggle("pixels", zoom > 1);
  stage.classList.toggle("pannable", isLarger);
  scroller.tabIndex = isLarger ? 0 : -1;
  scroller.style.overflow = zoom ? "auto" : "hidden";
  place();
}

export function setZoom(value) {
  zoom = value;
  layout();
}

function draw(canvas, { data, width, height }) {
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
}

export function showOriginal(picture) {
  size = { width: picture.width, height: picture.height };
  stage.style.setProperty("--ratio", size.height / size.width);
  draw(before, picture);
  hideOther();
  layout();
}

/** Pixels of the original's size beside it. */
export function showOther(data) {
  draw(after, { data, ...size });
  after.hidden = false;
}

/** The original alone: of the other there is nothing yet. */
export function hideOther() {
  after.hidden = true;
}

function moveTo(clientX) {
  const { start, width } = seen();
  split = Math.min(1, Math.max(0, (clientX - scroller.getBoundingClientRect().left - start) / width));
  place();
}

divider.addEventListener("pointerdown", (event) => {
  divider.setPointerCapture(event.pointerId);
  divider.focus({ preventScroll: true });
});
divider.addEventListener("pointermove", (event) => divider.hasPointerCapture(event.pointerId) && moveTo(event.clientX));
divider.addEventListener("keydown", (event) => {
  const step = event.shiftKey ? 0.1 : 0.02;
  const to = {
    ArrowLeft: split - step,
    ArrowDown: split - step,
    ArrowRight: split + step,
    ArrowUp: split + step,
    Home: 0,
    End: 1,
    PageUp: split + 0.1,
    PageDown: split - 0.1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  split = Math.min(1, Math.max(0, to));
  place();
});

// A mouse drags a picture that is larger than the stage, and brings the boundary where it clicks on one that is not.
scroller.addEventListener("pointerdown", (event) => {
  if (event.pointerType !== "mouse" || event.button) return;
  if (!stage.classList.contains("pannable")) return moveTo(event.clientX);
  scroller.setPointerCapture(event.pointerId);
  stage.classList.add("panning");
});
scroller.addEventListener("pointermove", (event) => {
  if (!scroller.hasPointerCapture(event.pointerId) || event.pointerType !== "mouse") return;
  scroller.scrollLeft -= event.movementX;
  scroller.scrollTop -= event.movementY;
});
scroller.addEventListener("lostpointercapture", () => stage.classList.remove("panning"));
scroller.addEventListener("scroll", place, { passive: true });
new ResizeObserver(layout).observe(stage);
